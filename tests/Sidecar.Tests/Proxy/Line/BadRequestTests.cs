using Sidecar.Records;
using Sidecar.Telemetry;

namespace Sidecar.Tests.Proxy.Line;

public class BadRequestTests
{
    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\nb\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501)]
    [InlineData("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", 413)]
    [InlineData("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", 413)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n", 413)]
    [InlineData("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400)]
    public async Task BadRequest_IsRefused_AndNothingReachesTheModelServer(string request, int status)
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(request);

        Assert.StartsWith($"HTTP/1.1 {status} ", await client.ReadToEndAsync());
        Assert.False(sidecar.Upstream.HasPending);
        await sidecar.IdleAsync();
    }

    [Theory]
    [InlineData("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", true)]
    [InlineData("HEAD / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", true)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", false)]
    public async Task RefusalOfAHead_HasNoBody(string request, bool isHead)
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var before = await sidecar.SendAsync("HEAD / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
        Assert.EndsWith("\r\n\r\n", await before.ReadToEndAsync());
        var client = await sidecar.SendAsync(request);

        var answer = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 400 ", answer);
        Assert.Equal(isHead, answer.EndsWith("\r\n\r\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OversizedHead_IsA431()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync($"GET / HTTP/1.1\r\nHost: a\r\nX: {new string('x', 100_000)}\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 431 ", await client.ReadToEndAsync());
        Assert.Equal(1, sidecar.Instruments[Outcome.BadRequest].Value);
    }

    [Fact]
    public async Task HeadWithinItsLimit_ArrivesWhole_ThoughItGrewTheBuffer()
    {
        await using var sidecar = await ProxyHarness.StartAsync(configure: o => o with { HeadLimitBytes = 64 * 1024 });
        var value = new string('x', 60_000);
        await sidecar.SendAsync($"GET / HTTP/1.1\r\nHost: a\r\nX: {value}\r\n\r\n");

        Assert.Contains(value, await (await sidecar.Upstream.AcceptAsync()).ReadHeadAsync());
    }

    [Fact]
    public async Task ChunkedBodyOverTheLimit_IsCutOff()
    {
        await using var sidecar = await ProxyHarness.StartAsync(configure: o => o with { BodyLimitBytes = 1000 });
        var client = await sidecar.SendAsync(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + $"800\r\n{new string('x', 2048)}\r\n");

        Assert.StartsWith("HTTP/1.1 413 ", await client.ReadToEndAsync());
        await sidecar.OutcomeAsync(Outcome.BodyTooLarge);
        await sidecar.IdleAsync();
    }

    [Fact]
    public async Task BodyMemory_Exhausted_StreamsInsteadOfHolding()
    {
        await using var sidecar = await ProxyHarness.StartAsync(configure: o => o with { BodyMemoryBytes = 0 });
        var (half, length) = (new string('x', 50_000), 100_000);
        var client = await sidecar.SendAsync(
            $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{half}");

        // Where there is memory it waits for the rest.
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        Assert.Equal(half, await upstream.ReadAsync(half.Length));
        Assert.Equal(0, sidecar.Server.HeldBodyBytes);
        await client.SendAsync(half);
        Assert.Equal(half, await upstream.ReadAsync(half.Length));
    }
}
