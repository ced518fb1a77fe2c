using Sidecar.IntegrationTests.Harness;
using static Sidecar.Testing.Requests;

namespace Sidecar.IntegrationTests;

public class ClientsThatLeaveTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const string StreamBegins = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task HundredClients_HalfQueuedHalfMidStream_GiveAllBack(bool byReset)
    {
        const int half = 50;
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(
            upstream.EndPoint, ("SIDECAR_CONCURRENCY", $"{half}"));
        var (clients, running) = (new List<TestPeer>(), new List<Arrival>());
        for (var i = 0; i < half; i++)
        {
            clients.Add(await sidecar.SendAsync(Post("running")));
            running.Add(await upstream.NextAsync());
            await running[^1].AnswerAsync(StreamBegins);
            await clients[^1].ReadThroughAsync("abc\r\n");
        }
        for (var i = 0; i < half; i++) clients.Add(await sidecar.SendAsync(Post("queued")));
        await sidecar.Admin.QueuedAsync(half);

        foreach (var client in clients)
        {
            if (byReset) client.Reset();
            else client.EndSending();
        }
        await Task.WhenAll(running.Select(arrival => arrival.Closed))
            .WaitAsync(Patience, TestContext.Current.CancellationToken);
        await sidecar.Admin.IdleAsync();
        await AssertFullLimitAsync(sidecar, upstream, half);
    }

    [Fact]
    public async Task LeavingBeforeTheFirstByte_ClosesTheUpstream()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(upstream.EndPoint, ("SIDECAR_CONCURRENCY", "1"));
        var client = await sidecar.SendAsync(Post("running"));
        var arrival = await upstream.NextAsync();
        client.EndSending();

        await arrival.Closed.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await sidecar.Admin.IdleAsync();
        await AssertFullLimitAsync(sidecar, upstream, 1);
    }

    /// <summary>As many as the limit run at once, and one more waits.</summary>
    private static async Task AssertFullLimitAsync(SidecarProcess sidecar, ScriptedUpstream upstream, int limit)
    {
        for (var i = 0; i <= limit; i++) await sidecar.SendAsync(Post("later"));
        for (var later = 0; later < limit;)
        {
            // A queued one may have been sent before its client was seen to have left.
            if ((await upstream.NextAsync()).Body == "later") later++;
        }
        await sidecar.Admin.QueuedAsync(1);
        Assert.Equal(limit, await sidecar.Admin.MetricAsync("sidecar_in_flight"));
    }
}
