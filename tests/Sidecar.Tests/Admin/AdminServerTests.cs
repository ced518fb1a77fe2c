using System.Net;
using System.Text.Json;
using Sidecar.Admin;
using Sidecar.Primitives;
using Sidecar.Telemetry;
using Sidecar.Tests.Proxy;

namespace Sidecar.Tests.Admin;

public class AdminServerTests
{
    [Fact]
    public async Task Ready_FollowsTheModelServerAndTheDrain()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        await using var admin = await StartAsync(sidecar);
        using var client = Client(admin);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync(client, "/readyz")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(client, "/healthz")).StatusCode);
        sidecar.State.UpstreamHealthy = true;
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(client, "/readyz")).StatusCode);
        sidecar.State.Draining = true;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync(client, "/readyz")).StatusCode);
    }

    [Fact]
    public async Task Metrics_AreWellFormed_AndCountWhatHappened()
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1);
        await using var admin = await StartAsync(sidecar);
        using var client = Client(admin);
        await sidecar.SendAsync(Requests.Post("{}",
            "X-Workload-Context: {\"workload_id\":\"a\\\"b\\\\c\\nd\",\"criticality\":9}\r\n"));
        var upstream = await sidecar.Upstream.AcceptAsync();
        await sidecar.SendAsync(Requests.Of("waits", 3));
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 1);

        var page = Exposition.Parse(await TextAsync(client, "/metrics"));
        Assert.Equal(1, page["sidecar_in_flight"]);
        Assert.Equal(1, page["sidecar_queued"]);
        Assert.Equal(1, page["workload_active_requests{workload_id=\"a\\\"b\\\\c\\nd\"}"]);
        Assert.Equal(1, page["workload_total_requests{workload_id=\"waits\"}"]);
        Assert.Equal(1, page["sidecar_context_faults_total{reason=\"criticality-clamped\"}"]);
        Assert.Equal(1, page["sidecar_queue_wait_seconds_count"]);
        Assert.Equal(1, page["priority_score_distribution_bucket{le=\"+Inf\"}"]);
        await upstream.ReadMessageAsync();
    }

    [Fact]
    public async Task ForgottenWorkload_LeavesThePage()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        await using var admin = await StartAsync(sidecar);
        using var client = Client(admin);
        var workload = sidecar.Workloads.Enter("gone"u8, 0);
        sidecar.Workloads.Leave(workload, 0);
        Assert.Contains("workload_id=\"gone\"", await TextAsync(client, "/metrics"));

        sidecar.Workloads.Sweep(TimeSpan.TicksPerHour);
        Assert.DoesNotContain(
            "workload_id=\"gone\"", await TextAsync(client, "/metrics"));
    }

    [Fact]
    public async Task Queue_ShowsFlowsByScore_WithTheirTerms()
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1);
        await using var admin = await StartAsync(sidecar);
        using var client = Client(admin);
        await sidecar.SendAsync(Requests.Of("first", 3));
        await sidecar.Upstream.AcceptAsync();
        await sidecar.SendAsync(Requests.Of("low", 1));
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 1);
        await sidecar.SendAsync(Requests.Of("high", 5));
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 2);
        sidecar.Time.Advance(TimeSpan.FromSeconds(30));

        using var json = JsonDocument.Parse(
            await TextAsync(client, "/debug/queue"));
        var root = json.RootElement;
        Assert.Equal((1, 1, 2), (Number(root, "limit"), Number(root, "in_flight"), Number(root, "queued")));
        var flows = root.GetProperty("flows").EnumerateArray().ToArray();
        Assert.Equal(["high", "low"], flows.Select(flow => flow.GetProperty("workload_id").GetString()));
        var terms = flows[0].GetProperty("terms");
        Assert.Equal(0.2, terms.GetProperty("wait").GetDouble(), 6);
        Assert.Equal(0.4, terms.GetProperty("criticality").GetDouble(), 6);
        Assert.Equal(30, flows[0].GetProperty("oldest_age_seconds").GetDouble(), 6);
        Assert.Equal(
            terms.GetProperty("wait").GetDouble() + terms.GetProperty("criticality").GetDouble()
            - terms.GetProperty("rate").GetDouble(),
            flows[0].GetProperty("score").GetDouble(), 9);
    }

    [Theory]
    [InlineData("POST", null, null, HttpStatusCode.OK, 1)]
    [InlineData("GET", null, null, HttpStatusCode.MethodNotAllowed, 0)]
    [InlineData("POST", "http://evil.example", null, HttpStatusCode.Forbidden, 0)]
    [InlineData("POST", null, "rebound.example", HttpStatusCode.Forbidden, 0)]
    [InlineData("POST", null, "localhost", HttpStatusCode.OK, 1)]
    public async Task Drain_IsForThisPodAlone(
        string method, string? origin, string? host, HttpStatusCode status, int drains)
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var count = 0;
        await using var admin = await StartAsync(sidecar, () =>
        {
            count++;
            return Task.CompletedTask;
        });
        using var client = Client(admin);
        using var request = new HttpRequestMessage(new HttpMethod(method), "/drain");
        if (origin is not null) request.Headers.Add("Origin", origin);
        if (host is not null) request.Headers.Host = host;

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal((status, drains), (response.StatusCode, count));
    }

    [Theory]
    [InlineData("GET", "/nothing", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/metrics", HttpStatusCode.MethodNotAllowed)]
    [InlineData("HEAD", "/metrics", HttpStatusCode.OK)]
    public async Task OtherRequests_AreAnsweredPlainly(string method, string path, HttpStatusCode status)
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        await using var admin = await StartAsync(sidecar);
        using var client = Client(admin);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(status, response.StatusCode);
    }

    private static Task<AdminServer> StartAsync(
        ProxyHarness sidecar, Func<Task>? drain = null) => AdminServer.StartAsync(
        new IPEndPoint(IPAddress.Loopback, 0),
        new AdminSources(sidecar.Gate, sidecar.Workloads, sidecar.Instruments, sidecar.State, sidecar.Server,
            new MonotonicClock(sidecar.Time), Log.Silent),
        drain ?? (() => Task.CompletedTask));

    private static HttpClient Client(AdminServer admin) => new() { BaseAddress = new Uri($"http://{admin.EndPoint}") };

    private static Task<HttpResponseMessage> GetAsync(HttpClient client, string path) =>
        client.GetAsync(path, TestContext.Current.CancellationToken);

    private static Task<string> TextAsync(HttpClient client, string path) =>
        client.GetStringAsync(path, TestContext.Current.CancellationToken);

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
