using System.Net;
using System.Text;
using Sidecar.IntegrationTests.Harness;
using static Sidecar.Testing.Requests;

namespace Sidecar.IntegrationTests;

/// <summary>Modes and policies of the running sidecar, changed by its own command and by the admin port.</summary>
public class ModeTests
{
    [Fact]
    public async Task Command_TellsAndChangesTheMode()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(
            upstream.EndPoint, ("SIDECAR_MODE", "shadow"), ("SIDECAR_POLICY", "criticality"),
            ("SIDECAR_ENFORCE_PERCENT", "25"));
        var admin = ("SIDECAR_ADMIN", $"{sidecar.Admin.EndPoint}");

        Assert.Equal((0, "mode=shadow policy=criticality enforce_percent=25\n", ""),
            await SidecarCommand.RunAsync(["mode"], admin));
        Assert.Equal((0, "mode=enforce policy=fcfs enforce_percent=50\n", ""),
            await SidecarCommand.RunAsync(["mode", "enforce", "--policy", "fcfs", "--percent", "50"], admin));
        var changed = await sidecar.LoggedAsync("mode-changed");
        Assert.Equal("mode=shadow policy=criticality enforce_percent=25", changed.GetProperty("from").GetString());

        var (code, output, errors) = await SidecarCommand.RunAsync(["mode", "on"], admin);
        Assert.Equal((1, ""), (code, output));
        const string accepted = "mode='on': accepted is off, shadow, enforce";
        Assert.Equal($"sidecar: {sidecar.Admin.EndPoint} answers 400: {accepted}\n", errors);
        Assert.Equal(64, (await SidecarCommand.RunAsync(["mode", "--policy"], admin)).ExitCode);
        Assert.Equal(64, (await SidecarCommand.RunAsync(["mode", "--force"], admin)).ExitCode);
    }

    [Fact]
    public async Task ModeOff_HoldsNothingBack_AndPassesRefusalsOn()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(
            upstream.EndPoint, ("SIDECAR_CONCURRENCY", "1"), ("SIDECAR_MODE", "off"));
        var clients = new List<TestPeer>();
        for (var i = 0; i < 3; i++) clients.Add(await sidecar.SendAsync(Post($"{i}")));
        for (var i = 0; i < 3; i++) await (await upstream.NextAsync()).AnswerAsync();
        foreach (var client in clients) Assert.StartsWith("HTTP/1.1 200 ", await client.ReadMessageAsync());
        await sidecar.Admin.IdleAsync();

        upstream.Dispose();
        var refused = await (await sidecar.SendAsync(Post("nobody"))).ReadMessageAsync();
        Assert.StartsWith("HTTP/1.1 502 ", refused);
    }

    [Fact]
    public async Task FullQueue_ShedsTheLeastCritical()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(
            upstream.EndPoint, ("SIDECAR_CONCURRENCY", "1"), ("SIDECAR_QUEUE_LIMIT", "1"));
        await sidecar.SendAsync(Post("running"));
        var running = await upstream.NextAsync();
        var low = await sidecar.SendAsync(Of("low", 1));
        await sidecar.Admin.QueuedAsync(1);
        var high = await sidecar.SendAsync(Of("high", 5));

        var shed = await low.ReadMessageAsync();
        Assert.StartsWith("HTTP/1.1 429 ", shed);
        Assert.Contains("x-sidecar-reason: shed\r\n", shed);
        Assert.Matches("Retry-After: ([1-9]|[1-5][0-9]|60)\r\n", shed);
        await running.AnswerAsync();
        await (await upstream.NextAsync()).AnswerAsync();
        Assert.StartsWith("HTTP/1.1 200 ", await high.ReadMessageAsync());
        Assert.Equal(1, await sidecar.Admin.MetricAsync("sidecar_requests_total{outcome=\"shed\"}"));
    }

    [Fact]
    public async Task HundredChangesUnderLoad_LoseNothing()
    {
        using var server = new SlotServer(4);
        await using var sidecar = await SidecarProcess.StartAsync(server.EndPoint, ("SIDECAR_CONCURRENCY", "4"));
        using var client = new HttpClient { BaseAddress = sidecar.Url };
        using var admin = new HttpClient { BaseAddress = new Uri($"http://{sidecar.Admin.EndPoint}") };
        using var ending = new CancellationTokenSource();
        var load = Enumerable.Range(0, 24).Select(i => LoadAsync(client, 1 + i % 5, ending.Token)).ToArray();
        string[] modes = ["off", "shadow", "enforce"], policies = ["workload-aware", "fcfs", "criticality"];
        for (var i = 0; i < 100; i++)
        {
            var path = $"/mode?mode={modes[i % 3]}&policy={policies[i / 3 % 3]}&enforce_percent={i % 4 * 33}";
            using var answer = await admin.PostAsync(path, null, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            // Until something more was served.
            var served = server.ServedCount;
            await AdminClient.UntilAsync(() => Task.FromResult(server.ServedCount > served), "a further answer");
        }
        await ending.CancelAsync();
        var sent = await Task.WhenAll(load);

        Assert.DoesNotContain(-1, sent);
        await sidecar.Admin.IdleAsync();
        Assert.Equal(sent.Sum(), await sidecar.Admin.MetricAsync("sidecar_requests_total{outcome=\"completed\"}"));
        Assert.Equal(100, await sidecar.Admin.MetricAsync("sidecar_mode_changes_total"));
    }

    /// <summary>How many were answered with 200; -1 where one was not.</summary>
    private static async Task<int> LoadAsync(HttpClient client, int criticality, CancellationToken ending)
    {
        var sent = 0;
        while (!ending.IsCancellationRequested)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions");
            request.Content = new StringContent("""{"stream":true}""", Encoding.UTF8, "application/json");
            request.Headers.Add("X-Workload-Context", $$"""{"workload_id":"w","criticality":{{criticality}}}""");
            using var response = await client.SendAsync(request, CancellationToken.None);
            if (response.StatusCode != HttpStatusCode.OK) return -1;
            sent++;
        }
        return sent;
    }
}
