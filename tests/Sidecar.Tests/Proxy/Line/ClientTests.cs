using System.Net.Sockets;
using Sidecar.Records;
using Sidecar.Telemetry;
using static Sidecar.Testing.Requests;

namespace Sidecar.Tests.Proxy.Line;

public class ClientTests
{
    [Fact]
    public async Task LeavingWhileTheNextRequestWaitsUnread_IsNoticedToo()
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1);
        var leaver = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        await leaver.SendAsync(Post());
        leaver.EndSending();

        Assert.Equal("", await upstream.ReadToEndAsync());
        await sidecar.IdleAsync();
    }

    [Fact]
    public async Task SlowHead_IsA408()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync("GET / HT");
        var other = await sidecar.SendAsync(Get);
        await (await sidecar.Upstream.AcceptAsync()).ReadHeadAsync();
        sidecar.Time.Advance(TimeSpan.FromSeconds(11));

        Assert.StartsWith("HTTP/1.1 408 ", await client.ReadToEndAsync());
        Assert.Equal(1, sidecar.Instruments[Outcome.HeadTimeout].Value);
        Assert.Equal(0, other.Socket.Available);
    }

    [Fact]
    public async Task IdleConnection_EndsSilently()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.ConnectAsync();
        await ProxyHarness.UntilAsync(() => sidecar.Server.ConnectionCount == 1);
        await LookAroundAsync(sidecar);
        sidecar.Time.Advance(TimeSpan.FromSeconds(3890));
        await LookAroundAsync(sidecar);
        Assert.False(client.Socket.Poll(0, SelectMode.SelectRead), "it ended before its time");
        await ProxyHarness.UntilAsync(() =>
        {
            sidecar.Time.Advance(TimeSpan.FromHours(2));
            return client.Socket.Poll(0, SelectMode.SelectRead);
        });

        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task StalledReader_HoldsTheModelServerBack_AndLosesItsPermitInTheEnd()
    {
        const int bytes = 64 << 20;
        // Time runs freely here: only the client's patience may end.
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1, responseSeconds: int.MaxValue);
        var client = await sidecar.ConnectAsync(receiveBufferBytes: 4096);
        await client.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        var sending = SendUntilClosedAsync(upstream, bytes);
        await ProxyHarness.UntilAsync(() => !upstream.Socket.Poll(0, SelectMode.SelectWrite));
        await ProxyHarness.UntilAsync(() =>
        {
            sidecar.Time.Advance(TimeSpan.FromSeconds(1));
            return sidecar.Instruments[Outcome.ClientStalled].Value == 1;
        });
        // The rest is what the kernel's buffers hold.
        Assert.InRange(await sending, 0, bytes / 4);
        await sidecar.IdleAsync();
        client.Reset();
    }

    /// <summary>What it reads is too little for the sidecar to send more, but it reads.</summary>
    [Fact]
    public async Task SlowReader_IsNoStalledOne_UntilItStops()
    {
        await using var sidecar = await ProxyHarness.StartAsync(responseSeconds: int.MaxValue);
        var client = await sidecar.ConnectAsync(receiveBufferBytes: 16 * 1024);
        await client.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        var sending = SendUntilClosedAsync(upstream, 64 << 20);
        var buffer = new byte[32 * 1024];
        for (var i = 0; i < 50; i++)
        {
            Assert.NotEqual(0, await client.Socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken));
            sidecar.Time.Advance(TimeSpan.FromSeconds(10));
            await LookAroundAsync(sidecar);
        }
        Assert.Equal(0, sidecar.Instruments[Outcome.ClientStalled].Value);

        for (var i = 0; i < 5; i++)
        {
            sidecar.Time.Advance(TimeSpan.FromSeconds(10));
            await LookAroundAsync(sidecar);
        }
        await sidecar.OutcomeAsync(Outcome.ClientStalled);
        await sending;
        await sidecar.IdleAsync();
    }

    /// <summary>The reactor serves somebody else, twice, and so has seen what time it is.</summary>
    private static async Task LookAroundAsync(ProxyHarness sidecar)
    {
        for (var i = 0; i < 2; i++)
        {
            using var other = await TestPeer.ConnectAsync(sidecar.Server.EndPoint);
            await other.SendAsync("nothing\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 400 ", await other.ReadToEndAsync());
        }
    }

    /// <summary>How much of the body was taken.</summary>
    private static async Task<int> SendUntilClosedAsync(TestPeer upstream, int bytes)
    {
        var sent = 0;
        await upstream.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {bytes}\r\n\r\n");
        var piece = new string('x', 1 << 20);
        try
        {
            for (; sent < bytes; sent += piece.Length) await upstream.SendAsync(piece);
        }
        catch (Exception closed) when (closed is SocketException or IOException)
        {
            // What is awaited.
        }
        return sent;
    }

    [Fact]
    public async Task ExpectContinue_IsAnsweredAtOnce_WhenTheBodyFits()
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1);
        var first = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        var client = await sidecar.SendAsync(
            "POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadHeadAsync());
        await client.SendAsync("abc");
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 1);

        await upstream.SendAsync(Ok);
        await first.ReadMessageAsync();
        var request = await upstream.ReadMessageAsync();
        Assert.DoesNotContain("Expect", request);
        Assert.EndsWith("abc", request);
    }

    [Fact]
    public async Task ExpectContinue_OfALargeBody_IsAnsweredAtDispatch()
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1);
        var first = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        var client = await sidecar.SendAsync(
            "POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n\r\n");
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 1);
        Assert.Equal(0, client.Socket.Available);

        await upstream.SendAsync(Ok);
        await first.ReadMessageAsync();
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadHeadAsync());
        var sending = client.SendAsync(new string('x', 1_000_000));
        Assert.Contains(new string('x', 1_000_000), await upstream.ReadMessageAsync());
        await sending;
    }

    [Fact]
    public async Task ConnectionLimit_ClosesTheLongestIdle()
    {
        await using var sidecar = await ProxyHarness.StartAsync(configure: o => o with { ConnectionLimit = 3 });
        var busy = await sidecar.SendAsync(Get);
        var first = await sidecar.Upstream.AcceptAsync();
        await first.ReadHeadAsync();
        var oldest = await sidecar.ConnectAsync();
        await ProxyHarness.UntilAsync(() => sidecar.Server.ConnectionCount == 2);
        var younger = await sidecar.ConnectAsync();
        await ProxyHarness.UntilAsync(() => sidecar.Server.ConnectionCount == 3);
        var newest = await sidecar.SendAsync(Get);

        Assert.Equal("", await oldest.ReadToEndAsync());
        var second = await sidecar.Upstream.AcceptAsync();
        await second.ReadHeadAsync();
        await second.SendAsync(Ok);
        Assert.Equal(Ok, await newest.ReadMessageAsync());
        // Nobody else had to go.
        await younger.SendAsync(Get);
        await second.ReadHeadAsync();
        await second.SendAsync(Ok);
        Assert.Equal(Ok, await younger.ReadMessageAsync());
        await first.SendAsync(Ok);
        Assert.Equal(Ok, await busy.ReadMessageAsync());
        Assert.Equal(0, sidecar.Instruments.ConnectionsRefused.Value);
    }

    [Fact]
    public async Task ConnectionLimit_WhereNoneIsIdle_RefusesTheNewOne()
    {
        await using var sidecar = await ProxyHarness.StartAsync(configure: o => o with { ConnectionLimit = 1 });
        var busy = await sidecar.SendAsync(Get);
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        var refused = await sidecar.ConnectAsync();

        Assert.Equal("", await refused.ReadToEndAsync());
        // It is closed before it is counted.
        await ProxyHarness.UntilAsync(() => sidecar.Instruments.ConnectionsRefused.Value == 1);
        await upstream.SendAsync(Ok);
        Assert.Equal(Ok, await busy.ReadMessageAsync());
        var next = await sidecar.SendAsync(Get);
        await upstream.ReadHeadAsync();
        await upstream.SendAsync(Ok);
        Assert.Equal(Ok, await next.ReadMessageAsync());
    }

    [Fact]
    public async Task Draining_AnswersButDoesNotKeepConnections()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        sidecar.State.Draining = true;
        var client = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        await upstream.SendAsync(Ok);

        var answer = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
        Assert.Contains("Connection: close\r\n", answer);
    }

    [Fact]
    public async Task Closing_LetsRunningRequestsEnd_AndIdleConnectionsGo()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var idle = await sidecar.ConnectAsync();
        var running = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        sidecar.State.Draining = sidecar.State.Closing = true;
        await sidecar.Server.CloseListenerAsync();

        Assert.Equal("", await idle.ReadToEndAsync());
        await upstream.SendAsync(Ok);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await running.ReadToEndAsync());
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => sidecar.ConnectAsync());
    }

    [Fact]
    public async Task Closing_AnswersALateRequestWith503()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var late = await sidecar.SendAsync("POST /v1/completions HTTP/1.1\r\n");
        await ProxyHarness.UntilAsync(() => sidecar.Server.ConnectionCount == 1);
        // Whoever comes behind it shows that the half of its head was read.
        await sidecar.SendAsync(Get);
        await sidecar.Upstream.AcceptAsync();
        sidecar.State.Draining = sidecar.State.Closing = true;
        await late.SendAsync("Host: a\r\nContent-Length: 0\r\n\r\n");

        var answer = await late.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 503 ", answer);
        Assert.Contains("x-sidecar-reason: draining\r\n", answer);
    }
}
