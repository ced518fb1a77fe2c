using Sidecar.Admission;
using Sidecar.Admission.Plans;

namespace Sidecar.Tests.Admission;

/// <summary>
/// Requests that are refused because they would time out, judged by a second run of the same arrivals that refuses
/// none: of a hundred that are refused at once, at least ninety fewer wait in vain. By their number, not one by one:
/// whoever is let in takes the place of another that would else have been served.
/// </summary>
public class ExpectedWaitTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    private static readonly GateOptions Options =
        new(Limit: 4, QueueLimit: 5_000, QueueTimeoutTicks: 50 * Second, OldestEvery: 16, new());

    public static TheoryData<int, GatePolicy, double, double, int> Overloads => new()
    {
        { 1, GatePolicy.WorkloadAware, 1.3, 0.2, 40 },
        { 2, GatePolicy.WorkloadAware, 3, 0.2, 40 },
        { 3, GatePolicy.WorkloadAware, 1.5, 0.05, 400 },
        { 4, GatePolicy.WorkloadAware, 2, 4, 5 },
        { 5, GatePolicy.Fcfs, 1.4, 0.3, 40 },
        { 6, GatePolicy.Criticality, 1.4, 0.3, 40 },
        { 7, GatePolicy.WorkloadAware, 1.4, 15, 10 },
    };

    [Theory]
    [MemberData(nameof(Overloads))]
    public void WhatIsRefused_WouldHaveTimedOut(
        int seed, GatePolicy policy, double load, double serviceSeconds, int workloads)
    {
        var arrivals = Arrivals(seed, load, serviceSeconds, workloads);
        var (refusing, patient) = (Run(policy, arrivals, refuses: true), Run(policy, arrivals, refuses: false));
        var refused = Count(i => refusing.Outcomes[i] == EnterOutcome.Hopeless);
        var (vain, vainElse) = (Count(i => TimedOut(refusing, i)), Count(i => TimedOut(patient, i)));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{arrivals.Length} arrivals, {refused} refused; in vain waited {vain}, else {vainElse}");
        for (var level = 1; level <= 5; level++)
        {
            var of = level;
            var (lost, less) = (Count(i => IsOf(of, i) && refusing.Outcomes[i] == EnterOutcome.Hopeless),
                Count(i => IsOf(of, i) && TimedOut(patient, i)) - Count(i => IsOf(of, i) && TimedOut(refusing, i)));
            TestContext.Current.TestOutputHelper?.WriteLine($"  {level}: {lost} refused, {less} fewer in vain");
        }
        Assert.True(vainElse - vain >= 0.9 * refused, $"{refused} were refused, {vainElse - vain} fewer timed out");
        Assert.True(vain <= 0.8 * vainElse);

        int Count(Func<int, bool> condition) => Enumerable.Range(0, arrivals.Length).Count(condition);
        bool IsOf(int level, int i) => arrivals[i].Criticality == level;
        static bool TimedOut(GateSimulation run, int i) => run.StateOf(i) == WaiterState.TimedOut;
    }

    [Fact]
    public void QueueThatDrainsInTime_RefusesNobody()
    {
        var arrivals = Arrivals(8, load: 0.95, serviceSeconds: 2, workloads: 10);
        Assert.DoesNotContain(EnterOutcome.Hopeless, Run(GatePolicy.WorkloadAware, arrivals, refuses: true).Outcomes);
    }

    private static GateSimulation Run(GatePolicy policy, SimulatedArrival[] arrivals, bool refuses)
    {
        var run = new GateSimulation(Options with { Plan = new(GateMode.Enforce, policy, 100) }, arrivals);
        run.Gate.RefusesHopeless = refuses;
        run.Run();
        return run;
    }

    private static SimulatedArrival[] Arrivals(int seed, double load, double serviceSeconds, int workloads)
    {
        var random = new Random(seed);
        var (now, arrivals) = (0d, new List<SimulatedArrival>());
        var last = Math.Max(1_000, 300 * serviceSeconds) * Second;
        while (now < last)
        {
            var workload = random.Next(workloads);
            var service = serviceSeconds * Second * (0.5 + random.NextDouble());
            now += -Math.Log(1 - random.NextDouble()) * serviceSeconds * Second / 4 / load;
            arrivals.Add(new((long)now, $"w{workload}", 1 + workload * 7 % 5, (long)service));
        }
        return [.. arrivals];
    }
}
