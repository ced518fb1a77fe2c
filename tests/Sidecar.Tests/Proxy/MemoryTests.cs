using Sidecar.Records;
using Sidecar.Telemetry;
using static Sidecar.Testing.Requests;

namespace Sidecar.Tests.Proxy;

/// <summary>What is done where <c>SIDECAR_BODY_MEMORY</c> is used up, and that nothing keeps it for no use.</summary>
public class MemoryTests
{
    private static readonly string Long = new('y', 20_000);

    [Fact]
    public async Task RequestHead_ThatCannotBeHeld_Is503()
    {
        await using var sidecar = await StartWithoutMemoryAsync();
        var client = await sidecar.SendAsync($"GET / HTTP/1.1\r\nHost: a\r\nX: {Long}\r\n\r\n");

        var answer = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 503 ", answer);
        Assert.Contains("x-sidecar-reason: out-of-memory\r\n", answer);
        Assert.Matches("Retry-After: [1-9][0-9]?\r\n", answer);
        Assert.Contains("Connection: close\r\n", answer);
        Assert.Equal(1, sidecar.Instruments[Outcome.OutOfMemory].Value);
        Assert.Equal(0, sidecar.Instruments[Outcome.BadRequest].Value);
    }

    [Fact]
    public async Task RequestHead_ThatGrewToItsLimit_Is431()
    {
        await using var sidecar = await ProxyHarness.StartAsync(configure: o => o with { HeadLimitBytes = 64 * 1024 });
        var client = await sidecar.SendAsync($"GET / HTTP/1.1\r\nHost: a\r\nX: {new string('x', 100_000)}\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 431 ", await client.ReadToEndAsync());
        Assert.Equal(0, sidecar.Instruments[Outcome.OutOfMemory].Value);
    }

    [Fact]
    public async Task ResponseHead_HasRoomOfItsOwn()
    {
        await using var sidecar = await StartWithoutMemoryAsync();
        var client = await sidecar.SendAsync(Get);
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        await upstream.SendAsync($"HTTP/1.1 200 OK\r\nX: {Long}\r\nContent-Length: 2\r\n\r\nok");

        Assert.Contains(Long, await client.ReadMessageAsync());
        await sidecar.OutcomeAsync(Outcome.Completed);
    }

    [Fact]
    public async Task ResponseHead_BeyondTheLimit_IsMalformed()
    {
        await using var sidecar = await StartWithoutMemoryAsync();
        var client = await sidecar.SendAsync(Get);
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        await upstream.SendAsync($"HTTP/1.1 200 OK\r\nX: {new string('y', 200_000)}\r\n");

        Assert.Contains("x-sidecar-reason: upstream-malformed\r\n", await client.ReadMessageAsync());
    }

    /// <summary>The rest of the upload streams, for however long, through a buffer of the usual size.</summary>
    [Fact]
    public async Task HeldPartOfAStreamedUpload_IsGivenBackOnceSent()
    {
        const int Bytes = 1_000_000, Sent = 700_000;
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1);
        var holder = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        var client = await sidecar.ConnectAsync();
        var sending = client.SendAsync(
            $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {Bytes}\r\n\r\n{new string('x', Sent)}");
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 1);
        Assert.Equal(256 * 1024, sidecar.Server.HeldBodyBytes);

        await upstream.SendAsync(Ok);
        await upstream.ReadHeadAsync();
        await upstream.ReadAsync(Sent);
        await sending;
        await ProxyHarness.UntilAsync(() => sidecar.Server.HeldBodyBytes == 0);
        Assert.Equal(1, sidecar.Server.ExchangeCount);
        await client.SendAsync(new string('x', Bytes - Sent));
        await upstream.ReadAsync(Bytes - Sent);
        await upstream.SendAsync(Ok);
        Assert.EndsWith("ok", await client.ReadMessageAsync());
        Assert.EndsWith("ok", await holder.ReadMessageAsync());
    }

    private static Task<ProxyHarness> StartWithoutMemoryAsync() => ProxyHarness.StartAsync(
        configure: o => o with { BodyMemoryBytes = 0, HeadLimitBytes = 64 * 1024 });
}
