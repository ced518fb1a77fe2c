using System.Net;
using Sidecar.IntegrationTests.Harness;
using static Sidecar.Testing.Requests;

namespace Sidecar.IntegrationTests.Faults;

/// <summary>More connections than the process may have descriptors.</summary>
public class DescriptorTests
{
    private const int Descriptors = 100, Connections = 160;

    /// <summary>They find room, but not room for a connection to the model server each.</summary>
    private const int Clients = 50;

    /// <summary>A quarter, which clients leave to the rest of the process.</summary>
    private const int Reserved = Descriptors / 4, ReservedForAdmin = 8;

    /// <summary>As at the connection limit; a request that runs is not idle.</summary>
    [Theory]
    [InlineData("1")]
    [InlineData("3")]
    public async Task RunningOut_TheLongestIdleCloses_ForANewOne(string threads)
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartWithDescriptorsAsync(
            Descriptors, upstream.EndPoint, ("SIDECAR_THREADS", threads));
        await AssertGateOpenAsync(sidecar);
        var running = await sidecar.SendAsync(Post("running"));
        var arrival = await upstream.NextAsync();
        var others = new List<TestPeer>();
        for (var i = 0; i < Connections; i++) others.Add(await sidecar.ConnectAsync());
        await AdminClient.UntilAsync(
            async () => await sidecar.Admin.MetricAsync("sidecar_connections_accepted_total") > Connections,
            "all accepted");
        // No more of them went than there were new ones.
        await FullAsync(sidecar);

        Assert.Equal(("", false), await others[0].ReadUntilOverAsync());
        await others[^1].SendAsync(Post("late"));
        await ServeAsync(upstream, others[^1]);
        await arrival.AnswerAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await running.ReadMessageAsync());
        Assert.Equal(0, await sidecar.Admin.MetricAsync("sidecar_connections_refused_total"));
        await ServeAsync(upstream, await sidecar.SendAsync(Post("next")));
        await AssertUnharmedAsync(sidecar);
    }

    /// <summary>Whoever finds none idle waits in the kernel, and is served once one is.</summary>
    [Fact]
    public async Task RunningOut_WhereNoneIsIdle_NewOnesWait()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartWithDescriptorsAsync(
            Descriptors, upstream.EndPoint, ("SIDECAR_THREADS", "1"), ("SIDECAR_CONCURRENCY", "1"));
        await AssertGateOpenAsync(sidecar);
        var clients = new List<TestPeer>();
        for (var i = 0; i < Connections; i++) clients.Add(await sidecar.SendAsync(Post($"{i}")));
        await FullAsync(sidecar);
        Assert.InRange(await sidecar.Admin.MetricAsync("sidecar_connections"), 1, Descriptors - 1);
        await AssertGateOpenAsync(sidecar);

        foreach (var client in clients) await ServeAsync(upstream, client);
        Assert.Equal(0, await sidecar.Admin.MetricAsync("sidecar_connections_refused_total"));
        await AssertUnharmedAsync(sidecar);
    }

    /// <summary>Requests that need a new connection to the model server wait for a descriptor; a lack of them is not a
    /// model server that refuses.</summary>
    [Fact]
    public async Task RunningOut_RequestsWaitForADescriptor_AndTheGateStaysOpen()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartWithDescriptorsAsync(
            Descriptors, upstream.EndPoint, ("SIDECAR_THREADS", "1"), ("SIDECAR_CONNECT_TIMEOUT", "30s"));
        await AssertGateOpenAsync(sidecar);
        var clients = new List<TestPeer>();
        for (var i = 0; i < Clients; i++) clients.Add(await sidecar.ConnectAsync());
        await AdminClient.UntilAsync(
            async () => await sidecar.Admin.MetricAsync("sidecar_connections") == Clients, "all clients");
        foreach (var client in clients) await client.SendAsync(Post("waits"));
        await AdminClient.UntilAsync(
            () => Task.FromResult(sidecar.DescriptorCount >= Descriptors - ReservedForAdmin),
            "all that connections may have");
        await AssertGateOpenAsync(sidecar);

        // Each that is answered leaves its connection to one that waits.
        foreach (var _ in clients) await (await upstream.NextAsync()).AnswerAsync();
        foreach (var client in clients) Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
        await AssertUnharmedAsync(sidecar);
    }

    /// <summary>Who looks after the pod must not take it for dead: a probe comes on a connection of its own each time.
    /// </summary>
    [Theory]
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

    private static Task FullAsync(SidecarProcess sidecar) => AdminClient.UntilAsync(
        () => Task.FromResult(sidecar.DescriptorCount >= Descriptors - Reserved), "all that clients may have");
}
