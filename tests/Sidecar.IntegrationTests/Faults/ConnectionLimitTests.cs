using Sidecar.IntegrationTests.Harness;
using static Sidecar.Testing.Requests;

namespace Sidecar.IntegrationTests.Faults;

public class ConnectionLimitTests
{
    [Theory]
    [InlineData("1")]
    [InlineData("4")]
    public async Task OneMoreThanTheLimit_ClosesTheLongestIdle(string threads)
    {
        await using var scene = await FaultScene.StartAsync(
            ("SIDECAR_CONNECTION_LIMIT", "3"), ("SIDECAR_THREADS", threads));
        var clients = new List<TestPeer>();
        for (var i = 0; i < 3; i++) clients.Add(await ConnectAsync(scene, i + 1));
        // The first has been busy since, so the second is idle for longest.
        await ServeAsync(scene, clients[0]);
        await scene.Sidecar.Admin.IdleAsync();

        var fourth = await scene.Sidecar.ConnectAsync();
        Assert.Equal(("", false), await clients[1].ReadUntilOverAsync());
        await ServeAsync(scene, fourth);
        await ServeAsync(scene, clients[2]);
        await ServeAsync(scene, clients[0]);
        await scene.AssertCleanAsync();
    }

    /// <summary>
    /// Also while those that were closed do not close their own end, and whatever share of it a thread would have.
    /// </summary>
    [Theory]
    [InlineData(1, "4")]
    [InlineData(11, "4")]
    [InlineData(8, "1")]
    public async Task ManyMoreAtOnce_TheLimitHolds(int limit, string threads)
    {
        const int More = 400;
        await using var scene = await FaultScene.StartAsync(
            ("SIDECAR_CONNECTION_LIMIT", $"{limit}"), ("SIDECAR_THREADS", threads));
        for (var i = 0; i < More; i++) await scene.Sidecar.ConnectAsync();
        await AdminClient.UntilAsync(
            async () => await scene.Sidecar.Admin.MetricAsync("sidecar_connections_accepted_total") >= More,
            $"{More} accepted connections");

        Assert.Equal(limit, await scene.Sidecar.Admin.MetricAsync("sidecar_connections"));
        await scene.AssertCleanAsync();
    }

    /// <summary>Work that was begun is not thrown away for a new connection.</summary>
    [Fact]
    public async Task WhereNoneIsIdle_TheNewOneIsRefused()
    {
        await using var scene = await FaultScene.StartAsync(("SIDECAR_CONNECTION_LIMIT", "2"));
        var (running, arrival) = await scene.BeginAsync(Post("running"));
        var queued = await scene.Sidecar.SendAsync(Post("queued"));
        await scene.Sidecar.Admin.QueuedAsync(1);

        var refused = await scene.Sidecar.ConnectAsync();
        Assert.Equal("", await refused.ReadToEndAsync());
        await arrival.AnswerAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await running.ReadMessageAsync());
        await (await scene.Upstream.NextAsync()).AnswerAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await queued.ReadMessageAsync());
        await scene.AssertCleanAsync();
    }

    private static async Task<TestPeer> ConnectAsync(FaultScene scene, int count)
    {
        var client = await scene.Sidecar.ConnectAsync();
        await AdminClient.UntilAsync(
            async () => await scene.Sidecar.Admin.MetricAsync("sidecar_connections") == count, $"{count} connections");
        return client;
    }

    private static async Task ServeAsync(FaultScene scene, TestPeer client)
    {
        await client.SendAsync(Post("served"));
        await (await scene.Upstream.NextAsync()).AnswerAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
    }
}
