using Sidecar.Records;
using static Sidecar.Testing.Requests;

namespace Sidecar.Tests.Proxy.Relay;

public class UpstreamFaultTests
{
    [Theory]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")]
    public async Task NoResponse_IsA502_AndThatConnectionIsNotUsedAgain(string said)
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        await upstream.SendAsync(said);

        var answer = await client.ReadMessageAsync();
        Assert.StartsWith("HTTP/1.1 502 ", answer);
        Assert.Contains("x-sidecar-reason: upstream-malformed\r\n", answer);
        Assert.Equal("", await upstream.ReadToEndAsync());
        await sidecar.IdleAsync();
    }

    [Fact]
    public async Task ClosedWithinALength_BreaksOffTheClient()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
        await client.ReadThroughAsync("abc");
        upstream.Socket.Close();

        Assert.Equal("", await client.ReadToEndAsync());
        await sidecar.OutcomeAsync(Outcome.UpstreamBroken);
        await sidecar.IdleAsync();
    }

    [Fact]
    public async Task ClosedWithinChunks_LeavesTheLastChunkOut()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        await client.ReadThroughAsync("abc\r\n");
        upstream.Reset();

        Assert.Equal("", await client.ReadToEndAsync());
        await sidecar.OutcomeAsync(Outcome.UpstreamBroken);
    }

    [Fact]
    public async Task BadChunk_BreaksOffTheClient()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        await client.ReadThroughAsync("abc\r\n");
        await upstream.SendAsync("zz\r\n");

        Assert.DoesNotContain("0\r\n\r\n", await client.ReadToEndAsync());
        await sidecar.OutcomeAsync(Outcome.UpstreamMalformed);
    }

    /// <summary>While no byte of the answer has gone to the client, it can be told what happened.</summary>
    [Fact]
    public async Task BadChunkRightBehindTheHead_IsA502()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");

        var answer = await client.ReadMessageAsync();
        Assert.StartsWith("HTTP/1.1 502 ", answer);
        Assert.Contains("x-sidecar-reason: upstream-malformed\r\n", answer);
        await sidecar.IdleAsync();
    }

    [Fact]
    public async Task SilentServer_IsA504_AfterTheResponseTimeout()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        sidecar.Time.Advance(TimeSpan.FromHours(1.1));

        var answer = await client.ReadMessageAsync();
        Assert.StartsWith("HTTP/1.1 504 ", answer);
        Assert.Contains("x-sidecar-reason: upstream-timeout\r\n", answer);
        Assert.Equal("", await upstream.ReadToEndAsync());
        await sidecar.IdleAsync();
    }

    [Fact]
    public async Task Refused_RequestWaits_UntilTheGateOpensAgain()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        sidecar.Upstream.StopListening();
        var client = await sidecar.SendAsync(Post());
        await ProxyHarness.UntilAsync(() => sidecar.Gate is { IsOpen: false, Queued: 1, InFlight: 0 });

        sidecar.Upstream.ListenAgain();
        sidecar.BeHealthy();
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        await upstream.SendAsync(Ok);
        Assert.Contains("200 OK", await client.ReadMessageAsync());
        await sidecar.IdleAsync();
    }

    [Fact]
    public async Task Refused_UntilTheQueueTimeout_IsUnavailable()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        sidecar.Upstream.StopListening();
        var client = await sidecar.SendAsync(Post());
        await ProxyHarness.UntilAsync(() => !sidecar.Gate.IsOpen);
        sidecar.Time.Advance(TimeSpan.FromSeconds(51));

        var answer = await client.ReadMessageAsync();
        Assert.StartsWith("HTTP/1.1 503 ", answer);
        Assert.Contains("x-sidecar-reason: upstream-unavailable\r\n", answer);
        Assert.Matches("Retry-After: [1-9][0-9]?\r\n", answer);
    }

    [Fact]
    public async Task Refused_BypassingRequest_IsA502AtOnce()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        sidecar.Upstream.StopListening();
        var client = await sidecar.SendAsync(Get);

        var answer = await client.ReadMessageAsync();
        Assert.StartsWith("HTTP/1.1 502 ", answer);
        Assert.Contains("x-sidecar-reason: upstream-refused\r\n", answer);
        Assert.True(sidecar.Gate.IsOpen);
    }

    /// <summary>
    /// A connection comes to rest while another is being made: what was made is used, or it would stay open, and
    /// unused, for as long as its request runs.
    /// </summary>
    [Fact]
    public async Task ConnectUnderWay_IsUsed_ThoughAConnectionHasComeToRest()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var first = await sidecar.SendAsync(Post("first"));
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        var second = await sidecar.ConnectAsync();
        await ProxyHarness.UntilAsync(() => sidecar.Server.ConnectionCount == 2);

        // In one batch: the second request begins to connect, then the first one's connection comes to rest.
        await sidecar.Time.HoldAsync();
        await second.SendAsync(Post("second"));
        await upstream.SendAsync(Ok);
        sidecar.Time.LetGo();
        Assert.Contains("200 OK", await first.ReadMessageAsync());
        var made = await sidecar.Upstream.AcceptAsync();
        Assert.EndsWith("second", await made.ReadMessageAsync());
        await made.SendAsync(Ok);
        Assert.Contains("200 OK", await second.ReadMessageAsync());
        await sidecar.IdleAsync();
    }

    [Fact]
    public async Task EarlyAnswer_IsRelayed_WhileTheBodyIsStillComing()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(
            $"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n{new string('x', 400_000)}");
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        await upstream.SendAsync("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno");

        var answer = await client.ReadMessageAsync();
        Assert.StartsWith("HTTP/1.1 413 ", answer);
        Assert.Contains("Connection: close\r\n", answer);
        await sidecar.IdleAsync();
    }
}
