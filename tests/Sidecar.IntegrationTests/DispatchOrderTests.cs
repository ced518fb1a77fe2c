using System.Text.Json;
using Sidecar.IntegrationTests.Harness;
using static Sidecar.IntegrationTests.Harness.Requests;

namespace Sidecar.IntegrationTests;

/// <summary>
/// The plan's five scenarios: one permit, a model server that answers when told, and the order in which it is asked.
/// </summary>
public class DispatchOrderTests
{
    [Fact]
    public async Task CriticalRequests_OvertakeTheRest()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await StartAsync(upstream);
        var running = await HoldPermitAsync(sidecar, upstream);
        for (var criticality = 1; criticality <= 5; criticality++)
        {
            await sidecar.SendAsync(Of($"w{criticality}", criticality, $"c{criticality}"));
            await sidecar.Admin.QueuedAsync(criticality);
        }

        Assert.Equal(["c5", "c4", "c3", "c2", "c1"], await DispatchAsync(upstream, running, 5));
    }

    [Fact]
    public async Task EqualRequests_GoFirstComeFirstServed()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await StartAsync(upstream);
        var running = await HoldPermitAsync(sidecar, upstream);
        for (var i = 0; i < 6; i++)
        {
            await sidecar.SendAsync(Of("same", 3, $"r{i}"));
            await sidecar.Admin.QueuedAsync(i + 1);
        }

        Assert.Equal(["r0", "r1", "r2", "r3", "r4", "r5"], await DispatchAsync(upstream, running, 6));
    }

    [Fact]
    public async Task BusyWorkload_YieldsToAQuietOne()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await StartAsync(upstream);
        var running = await HoldPermitAsync(sidecar, upstream);
        for (var i = 0; i < 50; i++) await sidecar.SendAsync(Of("A", 4, $"a{i}"));
        await sidecar.Admin.QueuedAsync(50);
        await sidecar.SendAsync(Of("B", 4, "b"));
        await sidecar.Admin.QueuedAsync(51);

        Assert.Equal("b", (await DispatchAsync(upstream, running, 1))[0]);
    }

    [Fact]
    public async Task LongWait_OvertakesAFreshCriticalRequest()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await StartAsync(upstream, ("SIDECAR_WAIT_HORIZON", "200ms"));
        var running = await HoldPermitAsync(sidecar, upstream);
        await sidecar.SendAsync(Of("patient", 1, "old"));
        await AdminClient.UntilAsync(
            async () => (await FlowsAsync(sidecar)).Any(flow => Term(flow, "wait") >= 0.4), "the whole wait term");
        await sidecar.SendAsync(Of("urgent", 5, "fresh"));
        await sidecar.Admin.QueuedAsync(2);

        // The fresh one must not have waited for the horizon too: then it would rightly go first.
        var urgent = (await FlowsAsync(sidecar)).Single(flow => Id(flow) == "urgent");
        Assert.SkipWhen(Term(urgent, "wait") > 0.05, "NOT RUN: this machine stood still between two requests.");
        Assert.Equal(["old", "fresh"], await DispatchAsync(upstream, running, 2));
    }

    [Theory]
    [InlineData(null, "absent")]
    [InlineData("{broken", "malformed")]
    public async Task WithoutAUsableContext_ARequestIsDefaultAndThree(string? context, string reason)
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await StartAsync(upstream);
        var running = await HoldPermitAsync(sidecar, upstream);
        var client = await sidecar.SendAsync(Post("plain", context));
        await sidecar.Admin.QueuedAsync(1);

        var flow = Assert.Single(await FlowsAsync(sidecar));
        Assert.Equal(("default", 3), (Id(flow), flow.GetProperty("criticality").GetInt32()));
        Assert.Equal(1, await sidecar.Admin.MetricAsync($"sidecar_context_faults_total{{reason=\"{reason}\"}}"));
        await running.AnswerAsync();
        await (await upstream.NextAsync()).AnswerAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
    }

    private static Task<SidecarProcess> StartAsync(ScriptedUpstream upstream, params (string, string)[] settings) =>
        SidecarProcess.StartAsync(upstream.EndPoint, [("SIDECAR_CONCURRENCY", "1"), .. settings]);

    /// <summary>Takes the one permit.</summary>
    private static async Task<Arrival> HoldPermitAsync(SidecarProcess sidecar, ScriptedUpstream upstream)
    {
        await sidecar.SendAsync(Of("holder", 3, "first"));
        return await upstream.NextAsync();
    }

    /// <summary>
    /// Ends the running request, and the next ones one by one; their bodies in the order of dispatch.
    /// </summary>
    /// <summary>
    /// Ends the running request, and the next ones one by one; their bodies in the order of dispatch.
    /// </summary>
    private static async Task<List<string>> DispatchAsync(ScriptedUpstream upstream, Arrival running, int count)
    {
        var bodies = new List<string>();
        while (bodies.Count < count)
        {
            await running.AnswerAsync();
            running = await upstream.NextAsync();
            bodies.Add(running.Body);
        }
        return bodies;
    }

    private static async Task<JsonElement[]> FlowsAsync(SidecarProcess sidecar) =>
        [.. (await sidecar.Admin.QueueAsync()).GetProperty("flows").EnumerateArray()];

    private static string Id(JsonElement flow) => flow.GetProperty("workload_id").GetString()!;

    private static double Term(JsonElement flow, string name) =>
        flow.GetProperty("terms").GetProperty(name).GetDouble();
}
