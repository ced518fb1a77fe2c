
namespace Sidecar.IntegrationTests.Harness;

/// <summary>
/// One permit, one thread, so one pool: whatever a fault left behind is in the way of the next request. Each scenario
/// ends with <see cref="AssertCleanAsync"/>.
/// </summary>
internal sealed class FaultScene : IAsyncDisposable
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const string CloseWait = "08";

    private FaultScene(ScriptedUpstream upstream, SidecarProcess sidecar) => (Upstream, Sidecar) = (upstream, sidecar);

    internal ScriptedUpstream Upstream { get; }

    internal SidecarProcess Sidecar { get; }

    internal static Task<FaultScene> StartAsync(params (string Name, string Value)[] settings) =>
        StartAsync(new ScriptedUpstream(), settings);

    internal static async Task<FaultScene> StartAsync(
        ScriptedUpstream upstream, params (string Name, string Value)[] settings)
    {
        // A connection that should be closed must not be so merely because it has rested for long enough.
        var sidecar = await SidecarProcess.StartAsync(upstream.EndPoint,
            [("SIDECAR_CONCURRENCY", "1"), ("SIDECAR_THREADS", "1"), ("SIDECAR_UPSTREAM_IDLE", "5m"), .. settings]);
        return new FaultScene(upstream, sidecar);
    }

    /// <summary>A request on a client connection of its own, as it has reached the model server.</summary>
    internal async Task<(TestPeer Client, Arrival Arrival)> BeginAsync(string request)
    {
        var client = await Sidecar.SendAsync(request);
        return (client, await Upstream.NextAsync());
    }

    /// <summary>Ends when so many requests have ended so.</summary>
    internal Task OutcomeAsync(string outcome, int count = 1) => AdminClient.UntilAsync(
        async () => await CountAsync(outcome) == count, $"{count} requests that ended as {outcome}");

    internal async Task<int> CountAsync(string outcome) =>
        (int)await Sidecar.Admin.MetricAsync($"sidecar_requests_total{{outcome=\"{outcome}\"}}");

    /// <summary>
    /// What has to hold after any fault: permits free, queue empty, nothing failed or is sent twice, the connections to
    /// the model server that had the fault are closed, and the next request is served on another.
    /// </summary>
    internal async Task AssertCleanAsync(params Arrival[] faulty)
    {
        await Sidecar.Admin.IdleAsync();
        await AdminClient.UntilAsync(
            async () => await Sidecar.Admin.MetricAsync("sidecar_exchanges") == 0, "no exchange under way");
        foreach (var arrival in faulty) await ClosedAsync(arrival);
        await AdminClient.UntilAsync(
            async () => await HalfClosedAsync() == 0, "no half-closed connection to the model server");
        Assert.False(Upstream.HasPending, "A request reached the model server that nobody had sent, or sent twice.");

        var client = await Sidecar.SendAsync(Requests.Post("next"));
        var next = await Upstream.NextAsync();
        Assert.Equal("next", next.Body);
        Assert.DoesNotContain(faulty, arrival => arrival.Peer == next.Peer);
        await next.AnswerAsync();
        var answer = await client.ReadMessageAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
        Assert.EndsWith("\r\n\r\nok", answer);

        await Sidecar.Admin.IdleAsync();
        Assert.Equal(1, await Sidecar.Admin.MetricAsync("sidecar_gate_open"));
        Assert.Equal(0, await CountAsync("failed"));
        await AdminClient.UntilAsync(
            async () => await Sidecar.Admin.MetricAsync("workload_active_requests{workload_id=\"default\"}") == 0,
            "no request in the registry");
    }

    public async ValueTask DisposeAsync()
    {
        Upstream.Dispose();
        await Sidecar.DisposeAsync();
    }

    private static async Task ClosedAsync(Arrival arrival)
    {
        arrival.ReadOn();
        try
        {
            await arrival.Closed.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail("The sidecar keeps a connection to the model server open that had a fault.");
        }
    }

    /// <summary>Ended by the model server and still open here.</summary>
    private async Task<int> HalfClosedAsync() => (await KernelTable.ReadAsync())
        .Count(entry => entry.RemotePort == Upstream.EndPoint.Port && entry.State == CloseWait);
}
