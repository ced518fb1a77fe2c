using Microsoft.Extensions.Time.Testing;
using Sidecar.Admission;
using Sidecar.Primitives;
using Sidecar.Scheduling.Orders;
using Sidecar.Workloads;

namespace Sidecar.Tests.Admission;

public class GateTests
{
    private static readonly GateOptions Defaults =
        new(Limit: 1, QueueLimit: 100, QueueTimeoutTicks: 50 * TimeSpan.TicksPerSecond, OldestEvery: 0, new());

    private readonly FakeTimeProvider _time = new();
    private readonly WorkloadRegistry _registry = new(new WorkloadOptions());

    [Fact]
    public void FreePermit_IsGrantedAtOnceWithoutAWake()
    {
        var gate = Make(Defaults);
        var waiter = new TestWaiter();
        Assert.Equal(EnterOutcome.Granted, Enter(gate, waiter));
        Assert.Equal((WaiterState.Granted, 0, 1, 0), (waiter.State, waiter.Wakes, gate.InFlight, gate.Queued));
        Assert.Equal(0, waiter.WaitTicks);
        Assert.Equal(0.24, ScoreFunction.ToDouble(waiter.ScoreAtDispatch) + 0.2 / 600, 6);
        gate.Release(waiter);
        Assert.Equal((WaiterState.Idle, 0), (waiter.State, gate.InFlight));
    }

    [Fact]
    public void Release_DispatchesTheMostImportantAndWakesItOnce()
    {
        var gate = Make(Defaults);
        var (holder, low, high) = (new TestWaiter(), new TestWaiter(), new TestWaiter());
        Enter(gate, holder, "h");
        Assert.Equal(EnterOutcome.Queued, Enter(gate, low, "l", 1));
        Assert.Equal(EnterOutcome.Queued, Enter(gate, high, "m", 5));
        _time.Advance(TimeSpan.FromSeconds(2));
        gate.Release(holder);
        Assert.Equal((WaiterState.Granted, 1), (high.State, high.Wakes));
        Assert.Equal((WaiterState.Queued, 0), (low.State, low.Wakes));
        Assert.Equal(2 * TimeSpan.TicksPerSecond, high.WaitTicks);
        Assert.Equal(2, high.Workload!.AverageWaitSeconds);
        Assert.Equal((1, 1), (gate.InFlight, gate.Queued));
    }

    [Fact]
    public void SecondRelease_Throws()
    {
        var gate = Make(Defaults);
        var waiter = new TestWaiter();
        Enter(gate, waiter);
        gate.Release(waiter);
        Assert.Throws<InvalidOperationException>(() => gate.Release(waiter));
        Assert.Throws<InvalidOperationException>(() => gate.ReturnToQueue(waiter));
        Assert.Equal(0, gate.InFlight);
        Assert.Equal(EnterOutcome.Granted, Enter(gate, waiter));
        Assert.Throws<InvalidOperationException>(() => Enter(gate, waiter));
        Assert.Equal((1, 0), (gate.InFlight, gate.Queued));
    }

    [Fact]
    public void FullQueue_RefusesButCountsTheArrival()
    {
        var gate = Make(Defaults with { QueueLimit = 1 });
        Enter(gate, new TestWaiter());
        Enter(gate, new TestWaiter());
        var refused = new TestWaiter();
        Assert.Equal(EnterOutcome.QueueFull, Enter(gate, refused));
        Assert.Equal((WaiterState.Idle, 1), (refused.State, gate.Queued));
        Assert.Equal(3 / 60.0, refused.Workload!.ArrivalsPerSecond(0), 6);
        Assert.False(gate.Leave(refused));
    }

    [Fact]
    public void NoQueue_AdmitsUpToTheLimitAndRefusesTheRest()
    {
        var gate = Make(Defaults with { QueueLimit = 0, Limit = 2 });
        Assert.Equal(EnterOutcome.Granted, Enter(gate, new TestWaiter()));
        Assert.Equal(EnterOutcome.Granted, Enter(gate, new TestWaiter()));
        Assert.Equal(EnterOutcome.QueueFull, Enter(gate, new TestWaiter()));
    }

    [Fact]
    public void NoLimit_GrantsAllAndCountsThem()
    {
        var gate = Make(Defaults with { Limit = 0 });
        for (var i = 1; i <= 1_000; i++)
        {
            Assert.Equal(EnterOutcome.Granted, Enter(gate, new TestWaiter()));
            Assert.Equal(i, gate.InFlight);
        }
    }

    [Fact]
    public void Leave_FreesThePlaceOrTellsThatThePermitIsHeld()
    {
        var gate = Make(Defaults);
        var (holder, queued) = (new TestWaiter(), new TestWaiter());
        Enter(gate, holder);
        Enter(gate, queued);
        Assert.True(gate.Leave(queued));
        Assert.Equal((WaiterState.Idle, 0, 0), (queued.State, queued.Wakes, gate.Queued));
        Assert.False(gate.Leave(queued));
        Assert.False(gate.Leave(holder));
        Assert.Equal((WaiterState.Granted, 1), (holder.State, gate.InFlight));
    }

    [Fact]
    public void Expire_EndsTheOldestFirstAndOnlyWhatIsDue()
    {
        var gate = Make(Defaults);
        Enter(gate, new TestWaiter());
        Assert.Equal(long.MaxValue, gate.NextExpiryTicks);
        var waiters = Enumerable.Range(0, 20).Select(_ => new TestWaiter()).ToArray();
        foreach (var (i, waiter) in waiters.Index())
        {
            Enter(gate, waiter, criticality: 1 + i % 5);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(50 * TimeSpan.TicksPerSecond, gate.NextExpiryTicks);
        Assert.Equal(0, gate.Expire(100));
        _time.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(3, gate.Expire(3));
        Assert.All(waiters[..3], w => Assert.Equal(WaiterState.TimedOut, w.State));
        Assert.Equal(8, gate.Expire(100));
        Assert.All(waiters[..11], w => Assert.Equal((WaiterState.TimedOut, 1), (w.State, w.Wakes)));
        Assert.All(waiters[11..], w => Assert.Equal((WaiterState.Queued, 0), (w.State, w.Wakes)));
        Assert.Equal((9, 1), (gate.Queued, gate.InFlight));
        Assert.Equal(61 * TimeSpan.TicksPerSecond, gate.NextExpiryTicks);
        // No sample: nobody was dispatched.
        Assert.Equal(0, waiters[0].Workload!.AverageWaitSeconds);
        Assert.Equal(EnterOutcome.Queued, Enter(gate, waiters[0]));
    }

    [Fact]
    public void TimeoutOfNought_NeverExpires()
    {
        var gate = Make(Defaults with { QueueTimeoutTicks = 0 });
        Enter(gate, new TestWaiter());
        Enter(gate, new TestWaiter());
        _time.Advance(TimeSpan.FromDays(365));
        Assert.Equal((0, long.MaxValue), (gate.Expire(10), gate.NextExpiryTicks));
    }

    [Fact]
    public void ClosedGate_QueuesAndExpiresAsUnavailable()
    {
        var gate = Make(Defaults with { Limit = 4 });
        gate.Close();
        var waiter = new TestWaiter();
        Assert.Equal(EnterOutcome.Queued, Enter(gate, waiter));
        Assert.Equal((false, 0, 1), (gate.IsOpen, gate.InFlight, gate.Queued));
        _time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(1, gate.Expire(10));
        Assert.Equal(WaiterState.Unavailable, waiter.State);
    }

    [Fact]
    public void ReturnedRequest_KeepsItsArrivalAndGoesFirstOnceOpen()
    {
        var gate = Make(Defaults);
        var (first, second) = (new TestWaiter(), new TestWaiter());
        Enter(gate, first);
        var arrival = first.ArrivalTicks;
        Enter(gate, second);
        _time.Advance(TimeSpan.FromSeconds(10));
        gate.Close();
        gate.ReturnToQueue(first);
        Assert.Equal((false, 0, 2), (gate.IsOpen, gate.InFlight, gate.Queued));
        Assert.Equal((WaiterState.Queued, arrival), (first.State, first.ArrivalTicks));
        Assert.Equal(arrival + Defaults.QueueTimeoutTicks, gate.NextExpiryTicks);
        Assert.Equal(0, first.Workload!.AverageWaitSeconds);
        gate.Open();
        Assert.Equal((WaiterState.Granted, 1), (first.State, first.Wakes));
        Assert.Equal(WaiterState.Queued, second.State);
        Assert.Equal(10 * TimeSpan.TicksPerSecond, first.WaitTicks);
    }

    [Fact]
    public void ReturnToAnOpenGate_IsDispatchedAtOnce()
    {
        var gate = Make(Defaults);
        var waiter = new TestWaiter();
        Enter(gate, waiter);
        gate.ReturnToQueue(waiter);
        Assert.Equal((true, 1, 0), (gate.IsOpen, gate.InFlight, gate.Queued));
        Assert.Equal((WaiterState.Granted, 1), (waiter.State, waiter.Wakes));
    }

    [Fact]
    public void ReturnedRequest_IsNotCountedAsDrained()
    {
        var gate = Make(Defaults);
        var waiter = new TestWaiter();
        for (var i = 0; i < 50; i++)
        {
            gate.Open();
            Enter(gate, waiter);
            gate.Close();
            gate.ReturnToQueue(waiter);
            gate.Leave(waiter);
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }
        Assert.Equal(0, gate.DrainRatePerSecond);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(60)]
    [InlineData(0)]
    public void OpenAndSetLimit_DispatchAllThatThereIsRoomFor(int limit)
    {
        var granted = limit == 0 ? 70 : limit;
        foreach (var byOpening in (bool[])[true, false])
        {
            var gate = Make(Defaults with { Limit = byOpening ? limit : 1 });
            // A workload belongs to one gate.
            var id = byOpening ? "a" : "b";
            if (byOpening) gate.Close();
            else Enter(gate, new TestWaiter(), id);
            var waiters = Enumerable.Range(0, 70).Select(_ => new TestWaiter()).ToArray();
            foreach (var waiter in waiters) Enter(gate, waiter, id);
            if (byOpening) gate.Open();
            else gate.SetLimit(limit == 0 ? 0 : limit + 1);
            Assert.Equal(granted, waiters.Count(w => w.State == WaiterState.Granted && w.Wakes == 1));
            Assert.Equal(70 - granted, waiters.Count(w => w.State == WaiterState.Queued && w.Wakes == 0));
            Assert.Equal(70 - granted, gate.Queued);
        }
    }

    /// <summary>It dispatches eight at a time, and between these there is room though others wait.</summary>
    [Fact]
    public void ArrivalWhileTheGateOpens_DoesNotOvertakeTheQueue()
    {
        var gate = Make(Defaults with { Limit = 60 });
        gate.Close();
        var late = new TestWaiter();
        EnterOutcome? outcome = null;
        Enter(gate, new TestWaiter(onWake: _ => outcome = Enter(gate, late, criticality: 1)));
        var waiters = Enumerable.Range(0, 20).Select(_ => new TestWaiter()).ToArray();
        foreach (var waiter in waiters) Enter(gate, waiter);
        gate.Open();
        Assert.Equal(EnterOutcome.Queued, outcome);
        Assert.Equal((WaiterState.Granted, 1), (late.State, late.Wakes));
        Assert.All(waiters, waiter => Assert.Equal(WaiterState.Granted, waiter.State));
    }

    [Fact]
    public void LowerLimit_GrantsNoneUntilEnoughAreReleased()
    {
        var gate = Make(Defaults with { Limit = 3 });
        var running = Enumerable.Range(0, 3).Select(_ => new TestWaiter()).ToArray();
        foreach (var waiter in running) Enter(gate, waiter);
        var next = new TestWaiter();
        Enter(gate, next);
        gate.SetLimit(1);
        gate.Release(running[0]);
        gate.Release(running[1]);
        Assert.Equal((WaiterState.Queued, 1), (next.State, gate.InFlight));
        gate.Release(running[2]);
        Assert.Equal((WaiterState.Granted, 1), (next.State, gate.InFlight));
    }

    [Fact]
    public void RetryAfter_IsTheTimeThatTheQueueTakes()
    {
        var gate = Make(Defaults);
        Assert.Equal(1, gate.RetryAfterSeconds);
        var waiter = new TestWaiter();
        for (var i = 0; i < 120; i++)
        {
            Enter(gate, waiter);
            _time.Advance(TimeSpan.FromSeconds(0.5));
            gate.Release(waiter);
        }
        Assert.InRange(gate.DrainRatePerSecond, 1.8, 2.2);
        Enter(gate, waiter);
        for (var i = 0; i < 39; i++) Enter(gate, new TestWaiter());
        Assert.InRange(gate.RetryAfterSeconds, 18, 22);
        for (var i = 0; i < 61; i++) Enter(gate, new TestWaiter());
        Assert.InRange(gate.RetryAfterSeconds, 46, 56);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(60, gate.RetryAfterSeconds);
    }

    /// <summary>Though nothing waits, nothing drains: a second would be too soon.</summary>
    [Fact]
    public void RetryAfter_WhereTheGateIsClosed_IsNotThatOfAnEmptyQueue()
    {
        var gate = Make(Defaults);
        gate.Close();
        Assert.Equal(60, gate.RetryAfterSeconds);
        gate.Open();
        Assert.Equal(1, gate.RetryAfterSeconds);
    }

    /// <summary>So that no dispatch has to, after a quiet time.</summary>
    [Fact]
    public void Expire_BringsTheOrderUpToDate_ThoughNothingIsDue()
    {
        var gate = Make(Defaults with { QueueTimeoutTicks = 0 });
        var ids = Enumerable.Range(0, 100).Select(i => $"w{i}").ToArray();
        var waiters = ids.Select(_ => new TestWaiter()).ToArray();
        Enter(gate, new TestWaiter(), "holder");
        foreach (var (i, waiter) in waiters.Index()) Enter(gate, waiter, ids[i]);
        Assert.All(waiters, waiter => Assert.Equal(1u, waiter.Workload!.Rate.Count));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(0, gate.Expire(10));
        Assert.All(waiters, waiter => Assert.Equal(0u, waiter.Workload!.Rate.Count));
    }

    [Fact]
    public void Snapshot_ShowsFlowsWithTheirTerms()
    {
        var gate = Make(Defaults);
        Enter(gate, new TestWaiter());
        Enter(gate, new TestWaiter(), "batch", 1);
        Enter(gate, new TestWaiter(), "batch", 1);
        Enter(gate, new TestWaiter(), "fraud", 5);
        _time.Advance(TimeSpan.FromSeconds(30));
        var snapshot = gate.Snapshot();
        Assert.Equal((1, 1, 3, true), (snapshot.Limit, snapshot.InFlight, snapshot.Queued, snapshot.IsOpen));
        Assert.Equal(["fraud", "batch"], snapshot.Flows.Select(f => f.WorkloadId));
        var batch = snapshot.Flows[1];
        Assert.Equal((1, 2, 30.0), (batch.Criticality, batch.Queued, batch.OldestAgeSeconds));
        Assert.Equal(0.2, batch.Terms.Wait, 6);
        Assert.Equal(0.08, batch.Terms.Criticality, 6);
        Assert.Equal(0.2 * 2 / 600, batch.Terms.Rate, 6);
        Assert.Equal(0.28 - 0.4 / 600, batch.Score, 6);
    }

    [Fact]
    public void Snapshot_IsBoundedToTheHighest()
    {
        var gate = Make(Defaults with { QueueLimit = 3_000 });
        Enter(gate, new TestWaiter());
        for (var i = 0; i < 1_500; i++) Enter(gate, new TestWaiter(), $"w{i}", 1 + i % 5);
        var snapshot = gate.Snapshot();
        Assert.Equal((1_500, 1_000), (snapshot.Queued, snapshot.Flows.Count));
        Assert.Equal(300, snapshot.Flows.Count(f => f.Criticality == 5));
        Assert.Equal(0, snapshot.Flows.Count(f => f.Criticality == 1));
        Assert.Equal(snapshot.Flows.Select(f => f.Score).OrderDescending(), snapshot.Flows.Select(f => f.Score));
    }

    [Fact]
    public void EnterAndRelease_AllocateNothing()
    {
        var gate = Make(Defaults);
        var waiters = Enumerable.Range(0, 40).Select(_ => new TestWaiter()).ToArray();
        var workload = _registry.Enter("w"u8, 0);
        Assert.Equal(0, Allocations.PerWarmRoundBytes(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                var waiter = waiters[i % waiters.Length];
                if (waiter.State == WaiterState.Granted) gate.Release(waiter);
                if (waiter.State == WaiterState.Idle) gate.Enter(waiter, workload, new(1 + i % 5));
            }
        }));
    }

    [Fact]
    public void OptionsOutOfBounds_AreRefused()
    {
        GateOptions[] bad =
        [
            Defaults with { Limit = -1 }, Defaults with { QueueLimit = -1 }, Defaults with { QueueLimit = 1_000_001 },
            Defaults with { QueueTimeoutTicks = -1 }, Defaults with { OldestEvery = -1 },
            Defaults with { Score = new ScoreOptions { WeightWait = -1 } },
        ];
        foreach (var options in bad) Assert.Throws<ArgumentOutOfRangeException>(() => Make(options));
        var gate = Make(Defaults);
        Assert.Throws<ArgumentOutOfRangeException>(() => Enter(gate, new TestWaiter(), criticality: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Enter(gate, new TestWaiter(), criticality: 6));
        Assert.Throws<ArgumentOutOfRangeException>(() => gate.SetLimit(-1));
    }

    private Gate Make(GateOptions options) => new(options, new MonotonicClock(_time));

    private EnterOutcome Enter(Gate gate, Waiter waiter, string id = "default", int criticality = 3) =>
        gate.Enter(waiter, _registry.Enter(System.Text.Encoding.UTF8.GetBytes(id), 0), new(criticality));
}
