using Microsoft.Extensions.Time.Testing;
using Sidecar.Admission;
using Sidecar.Admission.Plans;
using Sidecar.Primitives;
using Sidecar.Workloads;

namespace Sidecar.Tests.Admission;

/// <summary>Modes, policies and shares, and whom a full queue sheds.</summary>
public class GatePlanTests
{
    private static readonly GateOptions Defaults =
        new(Limit: 1, QueueLimit: 100, QueueTimeoutTicks: 50 * TimeSpan.TicksPerSecond, OldestEvery: 0, new());

    private readonly FakeTimeProvider _time = new();
    private readonly WorkloadRegistry _registry = new(new WorkloadOptions());

    [Fact]
    public void FullQueue_ShedsTheNewestOfTheLeastCritical()
    {
        var gate = Make(Defaults with { QueueLimit = 4 });
        Enter(gate, new TestWaiter());
        var (old, young, three) = (new TestWaiter(), new TestWaiter(), new TestWaiter());
        Enter(gate, old, criticality: 2);
        Enter(gate, three, criticality: 3);
        Enter(gate, young, criticality: 2);
        Enter(gate, new TestWaiter(), criticality: 4);
        // As critical is not more critical.
        Assert.Equal(EnterOutcome.QueueFull, Enter(gate, new TestWaiter(), criticality: 2));
        Assert.Equal(EnterOutcome.Queued, Enter(gate, new TestWaiter(), criticality: 3));
        Assert.Equal((WaiterState.Shed, 1), (young.State, young.Wakes));
        Assert.Equal(EnterOutcome.Queued, Enter(gate, new TestWaiter(), criticality: 5));
        Assert.Equal((WaiterState.Shed, 1), (old.State, old.Wakes));
        Assert.Equal((WaiterState.Queued, 4), (three.State, gate.Queued));
        Assert.False(gate.Leave(young));
    }

    [Theory]
    [InlineData(GateMode.Shadow, GatePolicy.WorkloadAware)]
    [InlineData(GateMode.Enforce, GatePolicy.Fcfs)]
    public void FirstComeFirstServed_ShedsNobody(GateMode mode, GatePolicy policy)
    {
        var gate = Make(Defaults with { QueueLimit = 1, Plan = new(mode, policy, 100) });
        Enter(gate, new TestWaiter());
        Enter(gate, new TestWaiter(), criticality: 1);
        Assert.Equal(EnterOutcome.QueueFull, Enter(gate, new TestWaiter(), criticality: 5));
    }

    [Fact]
    public void ModeOff_HoldsNothingBack_AlsoWhatIsQueued()
    {
        var gate = Make(Defaults);
        var waiters = Enumerable.Range(0, 20).Select(_ => new TestWaiter()).ToArray();
        foreach (var waiter in waiters) Enter(gate, waiter);
        gate.Close();
        gate.SetPlan(new GatePlan(GateMode.Off, GatePolicy.WorkloadAware, 100));
        Assert.All(waiters, waiter => Assert.Equal(WaiterState.Granted, waiter.State));
        Assert.Equal((true, 20, 0), (gate.IsOff, gate.InFlight, gate.Queued));
        gate.SetPlan(new GatePlan());
        var late = new TestWaiter();
        Assert.Equal(EnterOutcome.Queued, Enter(gate, late));
        foreach (var waiter in waiters) gate.Release(waiter);
        gate.Open();
        Assert.Equal((WaiterState.Granted, 1), (late.State, gate.InFlight));
    }

    [Fact]
    public void HopelessRequest_IsRefused_ToldWhenToComeBack_ButNotByAClosedGate()
    {
        var gate = Make(Defaults with { QueueLimit = 1_000 });
        var holder = new TestWaiter();
        Enter(gate, holder);
        for (var i = 0; i < 120; i++)
        {
            // Two in each second.
            _time.Advance(TimeSpan.FromSeconds(0.5));
            gate.Release(holder);
            Enter(gate, holder);
        }
        var refused = 0;
        for (var i = 0; i < 150; i++) refused += Enter(gate, new TestWaiter()) == EnterOutcome.Hopeless ? 1 : 0;
        // Within 50 s and a tenth more some 110 are sent.
        Assert.InRange(gate.Queued, 105, 120);
        Assert.Equal(150, refused + gate.Queued);
        Assert.InRange(gate.RetryAfterSeconds, 50, 60);
        Assert.InRange(gate.HopeAfterSeconds, 2, 10);

        gate.Close();
        Assert.Equal(EnterOutcome.Queued, Enter(gate, new TestWaiter()));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 20)]
    [InlineData(50, 100)]
    [InlineData(100, 200)]
    public void EnforcePercent_IsTheShareThatFollowsThePolicy(int percent, int followed)
    {
        var plan = new GatePlan(GateMode.Enforce, GatePolicy.Criticality, percent);
        var gate = Make(Defaults with { QueueLimit = 1_000, Plan = plan });
        var sent = new List<TestWaiter>();
        Enter(gate, new TestWaiter());
        var waiters = Enumerable.Range(0, 500).Select(_ => new TestWaiter(onWake: sent.Add)).ToArray();
        // The later, the more critical: the policy never takes the oldest.
        foreach (var (i, waiter) in waiters.Index()) Enter(gate, waiter, criticality: 1 + i / 100);
        gate.SetLimit(201);
        Assert.Equal(200, sent.Count);
        Assert.Equal(followed, sent.Count(waiter => waiter.Criticality > 2));
        Assert.Equal(200 - followed, sent.Count(waiter => waiter.Criticality <= 2));
    }

    private Gate Make(GateOptions options) => new(options, new MonotonicClock(_time));

    private EnterOutcome Enter(Gate gate, Waiter waiter, int criticality = 3) =>
        gate.Enter(waiter, _registry.Enter("default"u8, 0), new(criticality));
}
