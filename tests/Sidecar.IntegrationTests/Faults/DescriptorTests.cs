using System.Net;
using Sidecar.IntegrationTests.Harness;
using Sidecar.Tests.Proxy;
using static Sidecar.IntegrationTests.Harness.Requests;

namespace Sidecar.IntegrationTests.Faults;

/// <summary>More connections than the process may have descriptors.</summary>
public class DescriptorTests
{
    private const int Descriptors = 100, Connections = 160;

    [Fact]
    public async Task RunningOut_StopsAccepting_AndNothingElse()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartWithDescriptorsAsync(
            Descriptors, upstream.EndPoint, ("SIDECAR_THREADS", "1"), ("SIDECAR_UPSTREAM_IDLE", "60s"));
        await AssertGateOpenAsync(sidecar);
        var first = await sidecar.SendAsync(Post("first"));
        await ServeAsync(upstream, first);
        var others = new List<TestPeer>();
        for (var i = 0; i < Connections; i++) others.Add(await sidecar.ConnectAsync());
        await ExhaustedAsync(sidecar);

        // Those that exist are served, on the connection to the model server that rests.
        for (var i = 0; i < 5; i++)
        {
            await first.SendAsync(Post($"again {i}"));
            await ServeAsync(upstream, first);
        }
        await AssertGateOpenAsync(sidecar);

        // The last one is still in the backlog; it is accepted once there is room, and served.
        await others[^1].SendAsync(Post("late"));
        foreach (var other in others.SkipLast(1)) other.Reset();
        await ServeAsync(upstream, others[^1]);
        await AdminClient.UntilAsync(
            async () => await sidecar.Admin.MetricAsync("sidecar_connections") == 2, "two connections");
        await sidecar.Admin.IdleAsync();
        await ServeAsync(upstream, await sidecar.SendAsync(Post("next")));
        await AssertUnharmedAsync(sidecar);
    }

    /// <summary>A request that needs a new connection to the model server waits for a descriptor; a lack of them is
    /// not a model server that refuses.</summary>
    [Fact]
    public async Task RunningOut_ARequestWaitsForADescriptor_AndTheGateStaysOpen()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartWithDescriptorsAsync(
            Descriptors, upstream.EndPoint, ("SIDECAR_THREADS", "1"), ("SIDECAR_CONNECT_TIMEOUT", "30s"));
        var first = await sidecar.ConnectAsync();
        await AdminClient.UntilAsync(
            async () => await sidecar.Admin.MetricAsync("sidecar_connections") == 1, "the first connection");
        var others = new List<TestPeer>();
        for (var i = 0; i < Connections; i++) others.Add(await sidecar.ConnectAsync());
        await ExhaustedAsync(sidecar);

        await first.SendAsync(Post("first"));
        await AdminClient.UntilAsync(
            async () => (await sidecar.Admin.QueueAsync()).GetProperty("in_flight").GetInt32() == 1,
            "a request with a permit");
        await AssertGateOpenAsync(sidecar);
        Assert.False(upstream.HasPending);
        foreach (var other in others) other.Reset();
        await ServeAsync(upstream, first);
        await sidecar.Admin.IdleAsync();
        await ServeAsync(upstream, await sidecar.SendAsync(Post("next")));
        await AssertUnharmedAsync(sidecar);
    }

    /// <summary>Who looks after the pod must not take it for dead: a probe comes on a connection of its own each time.
    /// </summary>
    [Theory(Skip = "Neither answers yet, and the admin port's accepting turns in a circle meanwhile.")]
    [InlineData("/healthz")]
    [InlineData("/metrics")]
    public async Task RunningOut_TheAdminPortAnswers(string path)
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartWithDescriptorsAsync(Descriptors, upstream.EndPoint);
        for (var i = 0; i < Connections; i++) await sidecar.ConnectAsync();
        await AdminClient.UntilAsync(
            async () => await sidecar.Admin.StatusAsync("/readyz") == HttpStatusCode.OK, "a ready sidecar");

        using var probe = new AdminClient(sidecar.Admin.EndPoint);
        Assert.Equal(HttpStatusCode.OK, await probe.StatusAsync(path));
    }

    /// <summary>First on a new connection of the admin port, later on that same one, without a descriptor.</summary>
    private static async Task AssertGateOpenAsync(SidecarProcess sidecar) =>
        Assert.True((await sidecar.Admin.QueueAsync()).GetProperty("open").GetBoolean(), "The gate is closed.");

    private static async Task AssertUnharmedAsync(SidecarProcess sidecar)
    {
        await sidecar.Admin.IdleAsync();
        Assert.Equal(1, await sidecar.Admin.MetricAsync("sidecar_gate_open"));
        foreach (var outcome in new[] { "failed", "upstream-broken", "upstream-unavailable" })
            Assert.Equal(0, await sidecar.Admin.MetricAsync($"sidecar_requests_total{{outcome=\"{outcome}\"}}"));
    }

    private static async Task ServeAsync(ScriptedUpstream upstream, TestPeer client)
    {
        await (await upstream.NextAsync()).AnswerAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
    }

    private static Task ExhaustedAsync(SidecarProcess sidecar) => AdminClient.UntilAsync(
        () => Task.FromResult(Directory.GetFileSystemEntries($"/proc/{sidecar.Id}/fd").Length >= Descriptors),
        "a process without a free descriptor");
}
