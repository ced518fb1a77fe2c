using System.Text.Json;
using Sidecar.IntegrationTests.Harness;
using static Sidecar.Testing.Requests;

namespace Sidecar.IntegrationTests;

/// <summary>
/// The order in which a model server with one permit is asked, which answers when told. What takes time to tell, a long
/// wait that overtakes, is told by the unit tests on a clock of their own.
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

    [Theory]
    [InlineData(null, "absent")]
    [InlineData("{broken", "malformed")]
    public async Task WithoutAUsableContext_ARequestIsDefaultAndThree(string? context, string reason)
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await StartAsync(upstream);
        var running = await HoldPermitAsync(sidecar, upstream);
        var client = await sidecar.SendAsync(
            Post("plain", context is null ? "" : $"X-Workload-Context: {context}\r\n"));
        await sidecar.Admin.QueuedAsync(1);

        var flow = Assert.Single(await FlowsAsync(sidecar));
        Assert.Equal(("default", 3), (Id(flow), flow.GetProperty("criticality").GetInt32()));
        Assert.Equal(1, await sidecar.Admin.MetricAsync($"sidecar_context_faults_total{{reason=\"{reason}\"}}"));
        await running.AnswerAsync();
        await (await upstream.NextAsync()).AnswerAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
    }

    private static Task<SidecarProcess> StartAsync(ScriptedUpstream upstream) =>
        SidecarProcess.StartAsync(upstream.EndPoint, ("SIDECAR_CONCURRENCY", "1"));

    /// <summary>Takes the one permit.</summary>
    private static async Task<Arrival> HoldPermitAsync(SidecarProcess sidecar, ScriptedUpstream upstream)
    {
        await sidecar.SendAsync(Of("holder", 3, "first"));
        return await upstream.NextAsync();
    }

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
}
