using Microsoft.Extensions.Time.Testing;
using Sidecar.Admission;
using Sidecar.Engines;
using Sidecar.Lifecycle;
using Sidecar.Primitives;
using Sidecar.Proxy;
using Sidecar.Records;
using Sidecar.Telemetry;
using Sidecar.Tests.Admission;
using Sidecar.Workloads;

namespace Sidecar.Tests.Proxy.Line;

/// <summary>
/// The race between a dispatch and the end of the same request, in every order of its atomic steps: release with
/// dispatch, the note of the wake, the client's leaving, the timeout, the closing of the gate before the send, the
/// refusal and return, the reopening, the end by the drain. The admission step and the gate are the real ones.
/// </summary>
public class PermitRaceTests
{
    [Theory]
    [InlineData(0, true, true, false, true, false, false)]
    [InlineData(1, true, false, false, true, false, false)]
    [InlineData(1, false, true, false, false, false, false)]
    [InlineData(1, true, true, false, false, false, false)]
    [InlineData(0, true, true, true, false, false, false)]
    [InlineData(0, true, false, false, false, true, false)]
    [InlineData(0, false, true, true, false, true, false)]
    [InlineData(0, true, true, true, false, false, true)]
    [InlineData(1, true, false, false, false, false, true)]
    [InlineData(0, false, false, true, false, true, true)]
    public void EveryOrder_GivesEachPermitBackOnce(
        int refusals, bool leaves, bool expires, bool secondQueued, bool spurious, bool breaks, bool drains)
    {
        var ends = new Dictionary<Outcome, int>();
        var grants = 0;
        var orders = Interleavings.Explore(() =>
        {
            var time = new FakeTimeProvider();
            var history = new GateHistory();
            var services = Services(time, history);
            var gate = services.Gate;
            var holder = new TestWaiter("holder");
            gate.Enter(holder, services.Workloads.Enter("w"u8, 0), new(3));
            var request = new RacingRequest(services, "first");
            List<RacingRequest> requests = [request];
            List<IEnumerable<Func<bool>>> actors = [Releases(gate, holder), request.Notes(), request.Owner(refusals)];
            if (spurious) actors.Add(request.SpuriousNote());
            if (leaves) actors.Add(request.ClientLeaves());
            if (expires) actors.Add(Expires(gate, time));
            if (breaks) actors.Add(Breaks(services.Engine));
            if (drains) actors.Add(request.IsDrained());
            if (refusals > 0 || breaks) actors.Add(Reopens(services, requests));
            if (secondQueued)
            {
                var second = new RacingRequest(services, "second");
                requests.Add(second);
                actors.Add(second.Owner(0, notedAtOnce: true));
            }
            return ([.. actors], () => Check(services, history, requests, ends, ref grants));
        });
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{orders:N0} orders, {grants:N0} grants of the queued; ends: {string.Join(", ", ends)}");
        Assert.True(orders > 100);
        Assert.True(grants > 0);
        Assert.Equal(drains, ends.ContainsKey(Outcome.Draining));
    }

    private static void Check(
        ProxyServices services, GateHistory history, List<RacingRequest> requests, Dictionary<Outcome, int> ends,
        ref int grants)
    {
        Assert.Equal((0, 0), (services.Gate.InFlight, services.Gate.Queued));
        foreach (var request in requests)
        {
            Assert.True(request.HasEnded);
            var granted = Count(request, GateEventKind.Dispatched);
            Assert.Equal(granted, Count(request, GateEventKind.Released) + Count(request, GateEventKind.Returned));
            // Told as one that left the queue: so it did, and was neither granted nor timed out before.
            if (request.Outcome == Outcome.ClientLeftQueued) Assert.Equal(1, Count(request, GateEventKind.Left));
            else if (request.Outcome != Outcome.Draining) Assert.Equal(0, Count(request, GateEventKind.Left));
            // Nothing is sent while the gate is closed.
            if (request.Outcome == Outcome.Completed) Assert.True(WasOpenAtTheEnd(request));
            grants += granted;
            ends[request.Outcome] = ends.GetValueOrDefault(request.Outcome) + 1;
        }
        // Only the holder's own entry is left, which no test gives back.
        var workloads = new List<Workload>();
        services.Workloads.CopyTo(workloads);
        Assert.Equal(1, workloads.Sum(workload => workload.ActiveCount));

        int Count(RacingRequest request, GateEventKind kind) =>
            history.Events.Count(e => e.Kind == kind && ReferenceEquals(e.Waiter, request.Waiter));

        bool WasOpenAtTheEnd(RacingRequest request)
        {
            var released = history.Events.FindIndex(
                e => e.Kind == GateEventKind.Released && ReferenceEquals(e.Waiter, request.Waiter));
            return history.Events.Take(released).LastOrDefault(
                e => e.Kind is GateEventKind.Opened or GateEventKind.Closed).Kind != GateEventKind.Closed;
        }
    }

    private static ProxyServices Services(FakeTimeProvider time, GateHistory history)
    {
        var clock = new MonotonicClock(time);
        var gate = new Gate(new GateOptions(1, 10, TimeSpan.TicksPerSecond, 0, new()), clock, history);
        var engine = new EngineMonitor(gate, clock, Log.Silent);
        engine.EndLook(engine.BeginLook(), HealthAnswer.Healthy, "a test");
        return new ProxyServices(
            ProxyHarness.Defaults, gate, engine, new WorkloadRegistry(new WorkloadOptions()), new Instruments(),
            new SidecarState(), null, Log.Silent);
    }

    private static IEnumerable<Func<bool>> Releases(Gate gate, Waiter holder)
    {
        yield return () => true;
        gate.Release(holder);
    }

    private static IEnumerable<Func<bool>> Expires(Gate gate, FakeTimeProvider time)
    {
        yield return () => true;
        time.Advance(TimeSpan.FromSeconds(1));
        yield return () => true;
        gate.Expire(10);
    }

    /// <summary>Another request's connection broke.</summary>
    private static IEnumerable<Func<bool>> Breaks(EngineMonitor engine)
    {
        yield return () => true;
        engine.OnBroken();
    }

    private static IEnumerable<Func<bool>> Reopens(ProxyServices services, List<RacingRequest> requests)
    {
        while (requests.Exists(request => !request.HasEnded))
        {
            yield return () => !services.Gate.IsOpen || requests.TrueForAll(request => request.HasEnded);
            services.Engine.EndLook(services.Engine.BeginLook(), HealthAnswer.Healthy, "a test");
        }
    }
}
