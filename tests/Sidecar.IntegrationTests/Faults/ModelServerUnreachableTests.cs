using Sidecar.IntegrationTests.Harness;
using static Sidecar.Testing.Requests;

namespace Sidecar.IntegrationTests.Faults;

/// <summary>The model server is not there, or is there and loads its model: what can wait for it waits.</summary>
public class ModelServerUnreachableTests
{
    private const string Loading = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 7\r\n\r\nloading";

    private static readonly (string, string) ShortConnect = ("SIDECAR_CONNECT_TIMEOUT", "300ms");

    /// <summary>Refused connects are told at once, dropped ones by the connect timeout.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhatCanWait_Waits_AndIsServedOnceItIsThere(bool refuses)
    {
        await using var scene = await StartAsync(refuses, ShortConnect);
        var waiting = new List<TestPeer>();
        for (var i = 0; i < 20; i++) waiting.Add(await scene.Sidecar.SendAsync(Post($"waiting {i}")));
        await GateClosesAsync(scene);
        await scene.Sidecar.Admin.QueuedAsync(20);
        Assert.Equal(0, await scene.Sidecar.Admin.MetricAsync("sidecar_in_flight"));
        Assert.False(scene.Upstream.HasPending);

        if (refuses) scene.Upstream.Revive();
        else scene.Upstream.BecomeReachable();
        for (var i = 0; i < waiting.Count; i++)
        {
            var arrival = await scene.Upstream.NextAsync();
            Assert.Equal($"waiting {i}", arrival.Body);
            await arrival.AnswerAsync();
            Assert.StartsWith("HTTP/1.1 200 OK\r\n", await waiting[i].ReadMessageAsync());
        }
        await scene.AssertCleanAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhatWaitsForTooLong_Is503_AndWhatNeverWaits502(bool refuses)
    {
        await using var scene = await StartAsync(refuses, ShortConnect, ("SIDECAR_QUEUE_TIMEOUT", "1s"));
        var waiting = await scene.Sidecar.SendAsync(Post("fault"));
        var passing = await scene.Sidecar.SendAsync(Get);

        var passed = await passing.ReadMessageAsync();
        Assert.StartsWith("HTTP/1.1 502 ", passed);
        Assert.Contains("x-sidecar-reason: upstream-refused\r\n", passed);
        var waited = await waiting.ReadMessageAsync();
        Assert.StartsWith("HTTP/1.1 503 ", waited);
        Assert.Contains("x-sidecar-reason: upstream-unavailable\r\n", waited);
        Assert.Matches("Retry-After: ([1-9]|[1-5][0-9]|60)\r\n", waited);

        if (refuses) scene.Upstream.Revive();
        else scene.Upstream.BecomeReachable();
        await GateOpensAsync(scene);
        await scene.AssertCleanAsync();
    }

    /// <summary>As llama.cpp's server answers while it loads: its health says 503, as all else does.</summary>
    [Fact]
    public async Task Status503_WhileItsHealthFails_CountsAsRefused()
    {
        await using var scene = await FaultScene.StartAsync();
        await HealthAsync(scene, isHealthy: false);
        var (client, arrival) = await scene.BeginAsync(Post("waiting"));
        await arrival.AnswerAsync(Loading);
        await GateClosesAsync(scene);
        await scene.Sidecar.Admin.QueuedAsync(1);

        await HealthAsync(scene, isHealthy: true);
        var again = await scene.Upstream.NextAsync();
        Assert.Equal("waiting", again.Body);
        await again.AnswerAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
        await scene.AssertCleanAsync(arrival);
    }

    /// <summary>A healthy model server that says 503 and says it again means it, and its client is told.</summary>
    [Fact]
    public async Task Status503_OfAHealthyModelServer_IsRelayed_WhenItIsSaidAgain()
    {
        await using var scene = await FaultScene.StartAsync();
        await HealthAsync(scene, isHealthy: true);
        var (client, arrival) = await scene.BeginAsync(Post("busy"));
        await arrival.AnswerAsync("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nfull");
        var again = await scene.Upstream.NextAsync();
        await again.AnswerAsync("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy");

        var answer = await client.ReadMessageAsync();
        Assert.StartsWith("HTTP/1.1 503 ", answer);
        Assert.EndsWith("busy", answer);
        Assert.DoesNotContain("x-sidecar-reason", answer);
        await scene.AssertCleanAsync();
    }

    /// <summary>It dies with one request within its body, one without an answer and 20 queued, and loads for a while.
    /// </summary>
    [Fact]
    public async Task Restart_LosesNothingThatCanWait()
    {
        const int Queued = 20;
        await using var scene = await FaultScene.StartAsync(("SIDECAR_CONCURRENCY", "2"));
        await HealthAsync(scene, isHealthy: true);
        var (streaming, first) = await scene.BeginAsync(Post("streaming"));
        await first.AnswerAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        await streaming.ReadThroughAsync("abc\r\n");
        var (silent, second) = await scene.BeginAsync(Post("silent"));
        var waiting = new List<TestPeer>();
        for (var i = 0; i < Queued; i++) waiting.Add(await scene.Sidecar.SendAsync(Post($"waiting {i}")));
        await scene.Sidecar.Admin.QueuedAsync(Queued);

        scene.Upstream.Die();
        Assert.Equal(("", true), await streaming.ReadUntilOverAsync());
        Assert.StartsWith("HTTP/1.1 502 ", await silent.ReadMessageAsync());
        await GateClosesAsync(scene);
        await scene.Sidecar.Admin.QueuedAsync(Queued);
        scene.Upstream.IsHealthy = false;
        var asked = scene.Upstream.HealthAnswers;
        scene.Upstream.Revive();
        await AdminClient.UntilAsync(
            () => Task.FromResult(scene.Upstream.HealthAnswers >= asked + 2), "a model server that is seen to load");
        // It is asked now and then, in case that its health path is wrong: what it refuses waits on.
        while (scene.Upstream.HasPending) await (await scene.Upstream.NextAsync()).AnswerAsync(Loading);
        scene.Upstream.IsHealthy = true;

        var bodies = new List<string>();
        for (var i = 0; i < Queued; i++)
        {
            var arrival = await scene.Upstream.NextAsync();
            bodies.Add(arrival.Body);
            await arrival.AnswerAsync();
        }
        foreach (var client in waiting) Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
        Assert.Equal(Enumerable.Range(0, Queued).Select(i => $"waiting {i}").Order(), bodies.Order());
        await scene.AssertCleanAsync(first, second);
    }

    /// <summary>It resets what runs, and for a while still takes connections, only to reset them too.</summary>
    [Fact]
    public async Task Restart_WhosePortClosesLast_LosesNothingThatCanWait()
    {
        const int Queued = 20;
        await using var scene = await FaultScene.StartAsync();
        await HealthAsync(scene, isHealthy: true);
        var (running, first) = await scene.BeginAsync(Post("running"));
        var waiting = new List<TestPeer>();
        for (var i = 0; i < Queued; i++) waiting.Add(await scene.Sidecar.SendAsync(Post($"waiting {i}")));
        await scene.Sidecar.Admin.QueuedAsync(Queued);

        scene.Upstream.BeginDying();
        Assert.StartsWith("HTTP/1.1 502 ", await running.ReadMessageAsync());
        await AdminClient.UntilAsync(
            async () => await scene.Sidecar.Admin.MetricAsync("sidecar_gate_open") == 0
                || await scene.CountAsync("upstream-broken") > 1,
            "a closed gate");
        Assert.Equal(1, await scene.CountAsync("upstream-broken"));
        scene.Upstream.Die();
        scene.Upstream.Revive();
        for (var i = 0; i < Queued; i++) await (await scene.Upstream.NextAsync()).AnswerAsync();
        foreach (var client in waiting) Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
        await scene.AssertCleanAsync(first);
    }

    /// <summary>A wrong health path: it never gave 2xx, so a connection is what counts.</summary>
    [Fact]
    public async Task HealthPathThatIsWrong_HoldsNoGate()
    {
        await using var scene = await FaultScene.StartAsync(new ScriptedUpstream { HealthStatus = "404 Not Found" });
        await AdminClient.UntilAsync(
            async () => (await scene.Sidecar.Admin.TextAsync("/readyz")).Contains("/health: 404"), "the reason");
        var (busy, arrival) = await scene.BeginAsync(Post("busy"));
        await arrival.AnswerAsync(Loading);
        await (await scene.Upstream.NextAsync()).AnswerAsync(Loading);
        Assert.EndsWith("loading", await busy.ReadMessageAsync());

        scene.Upstream.Die();
        var waiting = await scene.Sidecar.SendAsync(Post("waiting"));
        await GateClosesAsync(scene);
        scene.Upstream.Revive();
        await (await scene.Upstream.NextAsync()).AnswerAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await waiting.ReadMessageAsync());
        await scene.AssertCleanAsync(arrival);
    }

    /// <summary>What bypasses the gate tells nothing of what passes it, however often its connections break.</summary>
    [Fact]
    public async Task BypassingRequestsThatBreak_HoldNobodyUp()
    {
        await using var scene = await FaultScene.StartAsync();
        await HealthAsync(scene, isHealthy: true);
        scene.Upstream.HoldsHealth = true;
        var (breaking, first) = await scene.BeginAsync(Get);
        first.Peer.Reset();
        Assert.StartsWith("HTTP/1.1 502 ", await breaking.ReadMessageAsync());

        Assert.Equal(1, await scene.Sidecar.Admin.MetricAsync("sidecar_gate_open"));
        scene.Upstream.HoldsHealth = false;
        await scene.AssertCleanAsync(first);
    }

    private static async Task<FaultScene> StartAsync(bool refuses, params (string, string)[] settings)
    {
        if (!refuses) return await FaultScene.StartAsync(await ScriptedUpstream.StartUnreachableAsync(), settings);
        var scene = await FaultScene.StartAsync(settings);
        scene.Upstream.Die();
        return scene;
    }

    private static Task GateClosesAsync(FaultScene scene) => AdminClient.UntilAsync(
        async () => await scene.Sidecar.Admin.MetricAsync("sidecar_gate_open") == 0, "a closed gate");

    private static Task GateOpensAsync(FaultScene scene) => AdminClient.UntilAsync(
        async () => await scene.Sidecar.Admin.MetricAsync("sidecar_gate_open") == 1, "an open gate");

    /// <summary>Ends when the sidecar has learnt of it.</summary>
    private static Task HealthAsync(FaultScene scene, bool isHealthy)
    {
        scene.Upstream.IsHealthy = isHealthy;
        return AdminClient.UntilAsync(
            async () => await scene.Sidecar.Admin.MetricAsync("sidecar_upstream_healthy") == (isHealthy ? 1 : 0),
            "what the health path says");
    }
}
