using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Sidecar.Records;
using Sidecar.Tests.Proxy;

namespace Sidecar.Tests.Admin;

public class AdminServerTests
{
    [Fact]
    public async Task Ready_FollowsTheModelServerAndTheDrain()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        await using var admin = await AdminHarness.StartAsync(sidecar);
        using var client = AdminHarness.Client(admin);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await AdminHarness.GetAsync(client, "/readyz")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await AdminHarness.GetAsync(client, "/healthz")).StatusCode);
        sidecar.BeHealthy();
        Assert.Equal(HttpStatusCode.OK, (await AdminHarness.GetAsync(client, "/readyz")).StatusCode);
        sidecar.State.Draining = true;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await AdminHarness.GetAsync(client, "/readyz")).StatusCode);
    }

    [Theory]
    [InlineData(0, "drained\n")]
    [InlineData(1, "drained, 1 request was cut\n")]
    [InlineData(3, "drained, 3 requests were cut\n")]
    public async Task Drain_TellsWhatItCut(int cut, string told)
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        await using var admin = await AdminHarness.StartAsync(sidecar, () => Task.FromResult(cut));
        using var client = AdminHarness.Client(admin);

        using var answer = await client.PostAsync("/drain", null, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, told),
            (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Metrics_AreWellFormed_AndCountWhatHappened()
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1);
        await using var admin = await AdminHarness.StartAsync(sidecar);
        using var client = AdminHarness.Client(admin);
        await sidecar.SendAsync(Requests.Post("{}",
            "X-Workload-Context: {\"workload_id\":\"a\\\"b\\\\c\\nd\",\"criticality\":9}\r\n"));
        var upstream = await sidecar.Upstream.AcceptAsync();
        await sidecar.SendAsync(Requests.Of("waits", 3));
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 1);

        var page = Exposition.Parse(await AdminHarness.TextAsync(client, "/metrics"));
        Assert.Equal(1, page["sidecar_in_flight"]);
        Assert.Equal(1, page["sidecar_queued"]);
        Assert.Equal(1, page["workload_active_requests{workload_id=\"a\\\"b\\\\c\\nd\"}"]);
        Assert.Equal(1, page["workload_total_requests{workload_id=\"waits\"}"]);
        Assert.Equal(1, page["sidecar_context_faults_total{reason=\"criticality-clamped\"}"]);
        Assert.Equal(0, page["sidecar_queue_wait_seconds_count"]);

        // A wait is counted when the model server answers: till then the request may come back to the queue.
        await upstream.ReadMessageAsync();
        await upstream.SendAsync(Requests.Ok);
        await sidecar.OutcomeAsync(Outcome.Completed);
        page = Exposition.Parse(await AdminHarness.TextAsync(client, "/metrics"));
        Assert.Equal(1, page["sidecar_queue_wait_seconds_count"]);
        Assert.Equal(1, page["priority_score_distribution_bucket{le=\"+Inf\"}"]);
    }

    [Fact]
    public async Task ForgottenWorkload_LeavesThePage()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        await using var admin = await AdminHarness.StartAsync(sidecar);
        using var client = AdminHarness.Client(admin);
        var workload = sidecar.Workloads.Enter("gone"u8, 0);
        sidecar.Workloads.Leave(workload, 0);
        Assert.Contains("workload_id=\"gone\"", await AdminHarness.TextAsync(client, "/metrics"));

        sidecar.Workloads.Sweep(TimeSpan.TicksPerHour);
        Assert.DoesNotContain(
            "workload_id=\"gone\"", await AdminHarness.TextAsync(client, "/metrics"));
    }

    [Fact]
    public async Task Queue_ShowsFlowsByScore_WithTheirTerms()
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1);
        await using var admin = await AdminHarness.StartAsync(sidecar);
        using var client = AdminHarness.Client(admin);
        await sidecar.SendAsync(Requests.Of("first", 3));
        await sidecar.Upstream.AcceptAsync();
        await sidecar.SendAsync(Requests.Of("low", 1));
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 1);
        await sidecar.SendAsync(Requests.Of("high", 5));
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 2);
        sidecar.Time.Advance(TimeSpan.FromSeconds(30));

        using var json = JsonDocument.Parse(
            await AdminHarness.TextAsync(client, "/debug/queue"));
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
    [InlineData("GET", "/nothing", HttpStatusCode.NotFound, null)]
    [InlineData("DELETE", "/metrics", HttpStatusCode.MethodNotAllowed, "GET, HEAD")]
    [InlineData("BREW", "/healthz", HttpStatusCode.MethodNotAllowed, "GET, HEAD")]
    [InlineData("OPTIONS", "/readyz", HttpStatusCode.MethodNotAllowed, "GET, HEAD")]
    [InlineData("GET", "/drain", HttpStatusCode.MethodNotAllowed, "POST")]
    public async Task OtherRequests_AreAnsweredPlainly(string method, string path, HttpStatusCode status, string? allow)
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        await using var admin = await AdminHarness.StartAsync(sidecar);
        using var client = AdminHarness.Client(admin);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(allow, response.Content.Headers.Allow is { Count: > 0 } all ? string.Join(", ", all) : null);
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/metrics")]
    [InlineData("/debug/queue")]
    public async Task Head_AnswersAsGet_WithoutABody(string path)
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        await using var admin = await AdminHarness.StartAsync(sidecar);
        using var client = await TestPeer.ConnectAsync(admin.EndPoint);
        await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var whole = await client.ReadHeadAsync();
        await client.ReadBodyAsync(whole);

        await client.SendAsync($"HEAD {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        var (head, _) = await client.ReadUntilOverAsync();
        Assert.EndsWith("\r\n\r\n", head);
        Assert.Equal(whole.Split(' ')[1], head.Split(' ')[1]);
        Assert.Contains("Content-Length: ", head);
        Assert.DoesNotContain("Content-Length: 0\r\n", head);
    }

    /// <summary>Over and over, since the moment is short: the port is bound, and the start has not yet returned.
    /// </summary>
    [Fact]
    public async Task RequestWhileItStarts_IsAnswered()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        for (var i = 0; i < 10; i++)
        {
            var address = FreeAddress();
            var first = Task.Run(() => FirstAnswerAsync(address));
            await using var admin = await AdminHarness.StartAsync(sidecar, listen: address);
            Assert.StartsWith("HTTP/1.1 200 OK\r\n", await first);
        }
    }

    private static IPEndPoint FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }

    private static async Task<string> FirstAnswerAsync(IPEndPoint address)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            patience.Token.ThrowIfCancellationRequested();
            try
            {
                using var client = await TestPeer.ConnectAsync(address);
                await client.SendAsync("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
                return await client.ReadHeadAsync();
            }
            catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // Not bound yet.
            }
        }
    }

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
