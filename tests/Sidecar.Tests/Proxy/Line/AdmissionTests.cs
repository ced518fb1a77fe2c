using Sidecar.Records;
using Sidecar.Telemetry;
using static Sidecar.Testing.Requests;

namespace Sidecar.Tests.Proxy.Line;

public class AdmissionTests
{
    [Fact]
    public async Task QueuedRequests_GoByCriticality()
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1);
        await sidecar.SendAsync(Of("first", 3));
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        for (var criticality = 1; criticality <= 5; criticality++)
        {
            await sidecar.SendAsync(Of($"w{criticality}", criticality));
            await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == criticality);
        }
        for (var criticality = 5; criticality >= 1; criticality--)
        {
            await upstream.SendAsync(Ok);
            Assert.Contains($"\"w{criticality}\"", await upstream.ReadMessageAsync());
        }
    }

    [Theory]
    [InlineData(47, 5)]
    [InlineData(49, 1)]
    public async Task LongWait_OvertakesAFreshCriticalRequest(int seconds, int first)
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1);
        await sidecar.SendAsync(Of("running", 3));
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        await sidecar.SendAsync(Of("w1", 1));
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 1);
        sidecar.Time.Advance(TimeSpan.FromSeconds(seconds));
        await sidecar.SendAsync(Of("w5", 5));
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 2);

        foreach (var next in (int[])[first, 6 - first])
        {
            await upstream.SendAsync(Ok);
            Assert.Contains($"\"w{next}\"", await upstream.ReadMessageAsync());
        }
    }

    [Fact]
    public async Task ResponseThatWaited_SaysHowLong()
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1);
        await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        var waiting = await sidecar.SendAsync(Post());
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 1);
        sidecar.Time.Advance(TimeSpan.FromMilliseconds(1500));
        await upstream.SendAsync(Ok);
        await upstream.ReadMessageAsync();
        await upstream.SendAsync(Ok);

        Assert.Contains("Server-Timing: queue;dur=1500.0\r\n", await waiting.ReadMessageAsync());
    }

    [Fact]
    public async Task FullQueue_IsA429_AndTheConnectionStays()
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1, queueLimit: 1);
        await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await sidecar.SendAsync(Post());
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 1);
        var refused = await sidecar.SendAsync(Post());

        var answer = await refused.ReadMessageAsync();
        Assert.StartsWith("HTTP/1.1 429 ", answer);
        Assert.Contains("x-sidecar-reason: queue-full\r\n", answer);
        Assert.Matches("Retry-After: [1-9][0-9]?\r\n", answer);
        Assert.Equal(1, sidecar.Instruments[Outcome.QueueFull].Value);
        await refused.SendAsync(Get);
        var other = await sidecar.Upstream.AcceptAsync();
        Assert.StartsWith("GET /v1/models ", await other.ReadHeadAsync());
        await other.SendAsync(Ok);
        Assert.Equal(Ok, await refused.ReadMessageAsync());
        // Those before it have kept their places.
        Assert.Equal((1, 1), (sidecar.Gate.InFlight, sidecar.Gate.Queued));
        await upstream.ReadMessageAsync();
        await upstream.SendAsync(Ok);
        await upstream.ReadMessageAsync();
    }

    [Fact]
    public async Task ThousandTimeouts_InOneMoment_AreAllAnswered_AndOthersServedMeanwhile()
    {
        const int count = 1000;
        await using var sidecar = await ProxyHarness.StartAsync(
            limit: 1, configure: options => options with { ConnectionLimit = 5000 });
        await sidecar.SendAsync(Post());
        await sidecar.Upstream.AcceptAsync();
        var waiting = new List<TestPeer>();
        for (var i = 0; i < count; i++) waiting.Add(await sidecar.SendAsync(Post()));
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == count);
        sidecar.Time.Advance(TimeSpan.FromSeconds(51));
        var other = await sidecar.SendAsync(Get);
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        await upstream.SendAsync(Ok);
        Assert.Equal(Ok, await other.ReadMessageAsync());

        foreach (var client in waiting)
        {
            Assert.Contains("x-sidecar-reason: queue-timeout\r\n", await client.ReadMessageAsync());
        }
        Assert.Equal(count, sidecar.Instruments[Outcome.QueueTimeout].Value);
        Assert.Equal((1, 0), (sidecar.Gate.InFlight, sidecar.Gate.Queued));
    }

    [Theory]
    [InlineData("GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("POST /tokenize?x=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")]
    public async Task BypassingRequest_PassesAFullQueue(string request)
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1, queueLimit: 1);
        await sidecar.SendAsync(Post());
        await sidecar.Upstream.AcceptAsync();
        await sidecar.SendAsync(Post());
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 1);
        var passing = await sidecar.SendAsync(request);
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        await upstream.SendAsync(Ok);

        Assert.Equal(Ok, await passing.ReadMessageAsync());
        Assert.Equal((1, 1), (sidecar.Gate.InFlight, sidecar.Gate.Queued));
        Assert.Equal(1, sidecar.Workloads.Count);
    }

    [Fact]
    public async Task FairnessId_NamesTheWorkload_WhereThereIsNoContext()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        await sidecar.SendAsync(Post("{}", "x-gateway-inference-fairness-id: tenant-7\r\n"));
        await sidecar.Upstream.AcceptAsync();

        var all = new List<Sidecar.Workloads.Workload>();
        sidecar.Workloads.CopyTo(all);
        Assert.Equal("tenant-7", Assert.Single(all).Id);
    }

    [Fact]
    public async Task Threads_ShareOneGate()
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1, threads: 3);
        await sidecar.SendAsync(Of("first", 3));
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        for (var i = 0; i < 12; i++) await sidecar.SendAsync(Of($"w{i}", 1 + i % 5));
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 12);

        // Each reactor has connections of its own to the model server, so the turns move from one to the other.
        var answered = 0;
        var serving = upstream;
        while (true)
        {
            await serving.SendAsync(OkAndClose);
            if (++answered == 13) break;
            serving = await sidecar.Upstream.AcceptAsync();
            await serving.ReadMessageAsync();
        }
        await sidecar.OutcomeAsync(Outcome.Completed, 13);
        await sidecar.IdleAsync();
    }
}
