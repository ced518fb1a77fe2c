using System.Net;
using Sidecar.IntegrationTests.Harness;
using static Sidecar.Testing.Requests;

namespace Sidecar.IntegrationTests;

/// <summary>Five thousand requests whose fate is decided in one moment.</summary>
public class FloodTests
{
    private const int Count = 5000;

    private static readonly (string, string)[] Settings =
        [("SIDECAR_CONCURRENCY", "1"), ("SIDECAR_CONNECTION_LIMIT", "20000")];

    [Fact]
    public async Task QueueTimeouts_InOneMoment_AreAllAnswered()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(
            upstream.EndPoint, [.. Settings, ("SIDECAR_QUEUE_TIMEOUT", "6s")]);
        await sidecar.SendAsync(Post("running"));
        var arrival = await upstream.NextAsync();
        var waiting = await QueueAsync(sidecar);

        await AssertAnswersAsync(waiting, "HTTP/1.1 503 ", "x-sidecar-reason: queue-timeout\r\n");
        Assert.Equal(1, await sidecar.Admin.MetricAsync("sidecar_in_flight"));
        await arrival.AnswerAsync();
        await sidecar.Admin.IdleAsync();
    }

    [Fact]
    public async Task ModelServerDies_AllAreAnswered_AndOthersAreServedMeanwhile()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(
            upstream.EndPoint, [.. Settings, ("SIDECAR_QUEUE_TIMEOUT", "8s")]);
        var running = await sidecar.SendAsync(Post("running"));
        await upstream.NextAsync();
        var waiting = await QueueAsync(sidecar);

        upstream.Die();
        Assert.StartsWith("HTTP/1.1 502 ", await running.ReadMessageAsync());
        var passing = await sidecar.SendAsync(Get);
        Assert.StartsWith("HTTP/1.1 502 ", await passing.ReadMessageAsync());
        Assert.Equal(HttpStatusCode.OK, await sidecar.Admin.StatusAsync("/healthz"));
        await AssertAnswersAsync(waiting, "HTTP/1.1 503 ", "x-sidecar-reason: upstream-unavailable\r\n");
        await sidecar.Admin.IdleAsync();
    }

    [Fact]
    public async Task ModelServerComesBack_QueuedRequestsAreServed()
    {
        const int count = 200;
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(upstream.EndPoint, ("SIDECAR_CONCURRENCY", "1"));
        var running = await sidecar.SendAsync(Post("running"));
        await upstream.NextAsync();
        var waiting = await QueueAsync(sidecar, count);
        upstream.Die();
        Assert.StartsWith("HTTP/1.1 502 ", await running.ReadMessageAsync());
        await AdminClient.UntilAsync(
            async () => await sidecar.Admin.MetricAsync("sidecar_gate_open") == 0, "a closed gate");

        upstream.Revive();
        for (var i = 0; i < count; i++) await (await upstream.NextAsync()).AnswerAsync();
        await AssertAnswersAsync(waiting, "HTTP/1.1 200 ", "ok");
    }

    private static async Task<List<TestPeer>> QueueAsync(SidecarProcess sidecar, int count = Count)
    {
        var waiting = new List<TestPeer>();
        for (var i = 0; i < count; i++) waiting.Add(await sidecar.SendAsync(Post("waiting")));
        await sidecar.Admin.QueuedAsync(count);
        return waiting;
    }

    private static async Task AssertAnswersAsync(List<TestPeer> waiting, string status, string content)
    {
        foreach (var client in waiting)
        {
            var answer = await client.ReadMessageAsync();
            Assert.StartsWith(status, answer);
            Assert.Contains(content, answer);
        }
    }
}
