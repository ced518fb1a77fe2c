using Sidecar.IntegrationTests.Harness;
using static Sidecar.Testing.Requests;

namespace Sidecar.IntegrationTests.Faults;

/// <summary>Clients that leave in the middle, one at a time, in every state of a request.</summary>
public class LeavingClientTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WithinTheHead_IsForgotten(bool byReset)
    {
        await using var scene = await FaultScene.StartAsync();
        var client = await scene.Sidecar.SendAsync("POST /a HTTP/1.1\r\nHo");
        await ConnectionsAsync(scene, 1);
        Leave(client, byReset);
        await ConnectionsAsync(scene, 0);
        await scene.AssertCleanAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WithinTheBody_NeverReachesTheModelServer(bool byReset)
    {
        await using var scene = await FaultScene.StartAsync();
        var client = await scene.Sidecar.SendAsync("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
        await AdminClient.UntilAsync(
            async () => await scene.Sidecar.Admin.MetricAsync("sidecar_exchanges") == 1, "the request's head");
        Leave(client, byReset);
        await scene.OutcomeAsync("client-left-queued");
        await scene.AssertCleanAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhileQueued_IsNeverSent(bool byReset)
    {
        await using var scene = await FaultScene.StartAsync();
        var (running, first) = await scene.BeginAsync(Post("running"));
        var client = await scene.Sidecar.SendAsync(Post("left"));
        await scene.Sidecar.Admin.QueuedAsync(1);
        Leave(client, byReset);
        await scene.Sidecar.Admin.QueuedAsync(0);
        await scene.OutcomeAsync("client-left-queued");

        await first.AnswerAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await running.ReadMessageAsync());
        await scene.AssertCleanAsync();
    }

    /// <summary>A FIN counts as leaving, as it does for the model servers themselves.</summary>
    [Theory]
    [InlineData("", false)]
    [InlineData("", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nabc", false)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nabc", true)]
    public async Task WhileRunning_ClosesTheUpstream(string begun, bool byReset)
    {
        await using var scene = await FaultScene.StartAsync();
        var (client, arrival) = await scene.BeginAsync(Post("left"));
        if (begun != "")
        {
            await arrival.AnswerAsync(begun);
            await client.ReadThroughAsync("abc");
        }
        Leave(client, byReset);
        await scene.OutcomeAsync("client-left-running");
        await scene.AssertCleanAsync(arrival);
    }

    /// <summary>What it had asked for behind the present request goes with it.</summary>
    [Fact]
    public async Task WithAPipelinedRequestBehind_ThatOneIsNotSentEither()
    {
        await using var scene = await FaultScene.StartAsync();
        var (client, arrival) = await scene.BeginAsync(Post("left") + Post("behind"));
        Leave(client, byReset: false);
        await scene.OutcomeAsync("client-left-running");
        await ConnectionsAsync(scene, 0);
        await scene.AssertCleanAsync(arrival);
    }

    /// <summary>
    /// Nothing comes of a client whose machine is gone: only the kernel's own probes notice, and they run.
    /// </summary>
    [Fact]
    public async Task WithoutAWord_IsProbedByTheKernel()
    {
        const string KeepAliveTimer = "02";
        await using var scene = await FaultScene.StartAsync();
        var (client, arrival) = await scene.BeginAsync(Post("silent"));
        var entry = await KernelTable.FindAsync(scene.Sidecar.Data, client.Socket.LocalEndPoint!);
        Assert.Equal(KeepAliveTimer, entry.Timer);
        Assert.InRange(entry.TimerSeconds, 1, 120);

        await arrival.AnswerAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
        await scene.AssertCleanAsync();
    }

    private static void Leave(TestPeer client, bool byReset)
    {
        if (byReset) client.Reset();
        else client.EndSending();
    }

    private static Task ConnectionsAsync(FaultScene scene, int count) => AdminClient.UntilAsync(
        async () => await scene.Sidecar.Admin.MetricAsync("sidecar_connections") == count, $"{count} connections");
}
