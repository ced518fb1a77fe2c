using Sidecar.Records;
using Sidecar.Telemetry;
using Sidecar.Tests.Telemetry;
using static Sidecar.Testing.Requests;

namespace Sidecar.Tests.Proxy.Line;

/// <summary>When a wait is counted: once, as soon as the request will not come back to the queue.</summary>
public class WaitCountTests
{
    [Fact]
    public async Task Wait_IsCounted_WithTheAnswersHead()
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1);
        await sidecar.SendAsync(Post("running"));
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        var client = await sidecar.SendAsync(Post("waiting"));
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 1);
        sidecar.Time.Advance(TimeSpan.FromSeconds(3));
        await upstream.SendAsync(Ok);
        await upstream.ReadMessageAsync();
        Assert.Equal((1, 0), Counted(sidecar));

        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
        await client.ReadHeadAsync();
        await ProxyHarness.UntilAsync(() => Counted(sidecar) == (2, 3));
        await upstream.SendAsync("ok");
        await sidecar.OutcomeAsync(Outcome.Completed, 2);
        await sidecar.IdleAsync();
        Assert.Equal((2, 3), Counted(sidecar));
    }

    [Fact]
    public async Task WaitOfARequestThatEndedWithoutAnAnswer_IsCounted_WithItsPermit()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        client.Reset();

        await sidecar.OutcomeAsync(Outcome.ClientLeftRunning);
        await sidecar.IdleAsync();
        Assert.Equal((1, 0), Counted(sidecar));
    }

    /// <summary>Without a permit there was no dispatch.</summary>
    [Fact]
    public async Task WaitThatEndedInTheQueue_IsNotCounted()
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1);
        await sidecar.SendAsync(Post());
        await sidecar.Upstream.AcceptAsync();
        var client = await sidecar.SendAsync(Post());
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 1);
        client.Reset();

        await sidecar.OutcomeAsync(Outcome.ClientLeftQueued);
        Assert.Equal((0, 0), Counted(sidecar));
    }

    [Fact]
    public async Task WaitOfAReturnedRequest_IsCounted_OnceItWasServed_FromItsArrival()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        sidecar.Upstream.StopListening();
        var client = await sidecar.SendAsync(Post());
        await ProxyHarness.UntilAsync(() => sidecar.Gate is { IsOpen: false, Queued: 1, InFlight: 0 });
        Assert.Equal((0, 0), Counted(sidecar));

        sidecar.Time.Advance(TimeSpan.FromSeconds(5));
        sidecar.Upstream.ListenAgain();
        sidecar.BeHealthy();
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        Assert.Equal((0, 0), Counted(sidecar));
        await upstream.SendAsync(Ok);
        Assert.Contains("200 OK", await client.ReadMessageAsync());
        await sidecar.IdleAsync();
        Assert.Equal((1, 5), Counted(sidecar));
    }

    /// <summary>How many waits, and the seconds of all.</summary>
    private static (long Count, double Seconds) Counted(ProxyHarness sidecar)
    {
        var (waits, scores) = (sidecar.Instruments.QueueWaitSeconds, sidecar.Instruments.PriorityScore);
        var (count, scoreCount) = (waits.Observations(), scores.Observations());
        return (count == scoreCount ? count : -1, waits.Sum);
    }
}
