using Sidecar.Engines;
using Sidecar.Records;
using Sidecar.Telemetry;
using Sidecar.Tests.Telemetry;
using static Sidecar.Testing.Requests;

namespace Sidecar.Tests.Proxy.Line;

/// <summary>A model server that answers 503 while it loads is not there, as one that refuses connections.</summary>
public class RefusalTests
{
    private const string Loading = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 7\r\n\r\nloading";

    [Fact]
    public async Task Loading_ClosesTheGate_AndTheRequestIsSentOnceHealthIsBack()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Post("again"));
        var loading = await sidecar.Upstream.AcceptAsync();
        await loading.ReadMessageAsync();
        await loading.SendAsync(Loading);

        await ProxyHarness.UntilAsync(() => sidecar.Gate is { IsOpen: false, Queued: 1, InFlight: 0 });
        Assert.Equal("", await loading.ReadToEndAsync());
        sidecar.BeHealthy();
        var upstream = await sidecar.Upstream.AcceptAsync();
        Assert.EndsWith("again", await upstream.ReadMessageAsync());
        await upstream.SendAsync(Ok);
        Assert.Contains("200 OK", await client.ReadMessageAsync());
        await sidecar.IdleAsync();
        // Sent twice, and one request all the same.
        Assert.Equal((1, 1), (sidecar.Instruments.QueueWaitSeconds.Observations(),
            sidecar.Instruments.PriorityScore.Observations()));
        Assert.Equal(1, sidecar.Instruments.Returns.Value);
    }

    [Fact]
    public async Task Overload_OfAHealthyModelServer_IsTriedOnceMore_AndThenPassedOn()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        sidecar.BeHealthy();
        var client = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        await upstream.SendAsync(Loading);
        await RefuseAgainAsync(sidecar);

        Assert.Equal(Loading, await client.ReadMessageAsync());
        Assert.True(sidecar.Gate.IsOpen);
        await sidecar.OutcomeAsync(Outcome.Completed);
        var refusals = sidecar.Engine.Refusals;
        Assert.Equal((1, 1), (refusals.Returned.Value, refusals.Passed.Value));
    }

    /// <summary>Who serves while its health path fails means its 503: no look would end the wait.</summary>
    [Theory]
    [InlineData("POST", "200 OK", true)]
    [InlineData("POST", "206 Partial Content", true)]
    [InlineData("GET", "200 OK", false)]
    [InlineData("POST", "404 Not Found", false)]
    [InlineData("POST", "500 Internal Server Error", false)]
    public async Task Refusal_WhileHealthFails_IsAnAnswer_OnceAQueuedRequestWasServed(
        string method, string status, bool isAnswer)
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        sidecar.BeHealthy();
        for (var i = 0; i < 2; i++) sidecar.Look(HealthAnswer.NotReady);
        var client = await sidecar.SendAsync(method == "POST" ? Post("first") : Get);
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        var first = Ok.Replace("200 OK", status, StringComparison.Ordinal);
        await upstream.SendAsync(first);
        Assert.Equal(first, await client.ReadMessageAsync());
        await client.SendAsync(Post("second"));
        await upstream.ReadMessageAsync();
        await upstream.SendAsync(Loading);
        if (isAnswer) await RefuseAgainAsync(sidecar);

        var completed = sidecar.Instruments[Outcome.Completed];
        await ProxyHarness.UntilAsync(() => completed.Value == 2 || sidecar.Gate is { Queued: 1, InFlight: 0 });
        Assert.Equal((isAnswer, isAnswer ? 0 : 1), (sidecar.Gate.IsOpen, sidecar.Gate.Queued));
        if (isAnswer) Assert.Equal(Loading, await client.ReadMessageAsync());
    }

    [Theory]
    [InlineData("GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("POST /tokenize HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")]
    public async Task WhatDoesNotQueue_GetsTheAnswer(string request)
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(request);
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        await upstream.SendAsync(Loading);

        Assert.Equal(Loading, await client.ReadMessageAsync());
        Assert.True(sidecar.Gate.IsOpen);
    }

    [Fact]
    public async Task BodyThatIsNotAtHand_CannotWait()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Post(new string('x', 1 << 20)));
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        await upstream.SendAsync(Loading);

        Assert.Contains("loading", await client.ReadMessageAsync());
        Assert.True(sidecar.Gate.IsOpen);
    }

    [Fact]
    public async Task BrokenConnection_HoldsTheQueueBack_UntilHealthWasAskedAnew()
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1);
        sidecar.BeHealthy();
        var asked = sidecar.Engine.LookAskedAsync();
        var running = await sidecar.SendAsync(Post("running"));
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        var waiting = await sidecar.SendAsync(Post("waiting"));
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 1);

        upstream.Reset();
        Assert.Contains("upstream-broken", await running.ReadMessageAsync());
        await asked.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((false, 1, 0), (sidecar.Gate.IsOpen, sidecar.Gate.Queued, sidecar.Gate.InFlight));
        Assert.False(sidecar.Upstream.HasPending);
        sidecar.BeHealthy();
        var next = await sidecar.Upstream.AcceptAsync();
        Assert.EndsWith("waiting", await next.ReadMessageAsync());
        await next.SendAsync(Ok);
        Assert.Contains("200 OK", await waiting.ReadMessageAsync());
    }

    [Fact]
    public async Task BrokenConnection_WhereHealthWasNeverSeen_LeavesTheGateOpen()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        upstream.Reset();

        Assert.Contains("upstream-broken", await client.ReadMessageAsync());
        Assert.True(sidecar.Gate.IsOpen);
    }

    [Fact]
    public async Task BrokenConnection_OfARequestThatBypasses_LeavesTheGateOpen()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        sidecar.BeHealthy();
        var client = await sidecar.SendAsync(Get);
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        upstream.Reset();

        Assert.Contains("upstream-broken", await client.ReadMessageAsync());
        Assert.True(sidecar.Gate.IsOpen);
    }

    private static async Task RefuseAgainAsync(ProxyHarness sidecar)
    {
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        await upstream.SendAsync(Loading);
    }
}
