using Sidecar.Admission;
using Sidecar.Admission.Plans;

namespace Sidecar.Tests.Admission;

/// <summary>What a shadow reports, against what the policy does when it is enforced on the same arrivals.</summary>
public class ShadowQueueTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    private static readonly GateOptions Options =
        new(Limit: 4, QueueLimit: 100_000, QueueTimeoutTicks: 0, OldestEvery: 16, new());

    [Theory]
    [InlineData(1, GatePolicy.WorkloadAware)]
    [InlineData(2, GatePolicy.WorkloadAware)]
    [InlineData(3, GatePolicy.Criticality)]
    [InlineData(4, GatePolicy.Fcfs)]
    public void Gains_AreThoseOfAnEnforcedReplay(int seed, GatePolicy policy)
    {
        var arrivals = Arrivals(seed);
        var shadow = Run(new GatePlan(GateMode.Shadow, policy, 100), arrivals);
        var enforced = Run(new GatePlan(GateMode.Enforce, policy, 100), arrivals);
        var plain = Run(new GatePlan(GateMode.Enforce, GatePolicy.Fcfs, 100), arrivals);

        // First come, first served, whatever the policy.
        Assert.Equal(plain.WaitTicks, shadow.WaitTicks);
        var gains = shadow.Gate.ShadowGains();
        Assert.Equal(arrivals.Length, gains.Sum(gain => gain.Requests));
        Assert.Equal(0, gains.Sum(gain => gain.Places));
        foreach (var (level, gain) in gains.Index())
        {
            var real = MeanSeconds(plain, level + 1) - MeanSeconds(enforced, level + 1);
            var told = gain.Seconds / gain.Requests;
            TestContext.Current.TestOutputHelper?.WriteLine($"{level + 1}: {told:0.000} s told, {real:0.000} s real");
            Assert.InRange(told - real, -0.05 * Math.Abs(real) - 0.01, 0.05 * Math.Abs(real) + 0.01);
        }

        double MeanSeconds(GateSimulation run, int criticality) => arrivals.Index()
            .Where(item => item.Item.Criticality == criticality)
            .Average(item => run.WaitTicks[item.Index] / (double)Second);
    }

    [Fact]
    public void TimeoutsOfBoth_AreTold()
    {
        var arrivals = Arrivals(5, load: 1.5);
        var shadow = new GateSimulation(
            Options with { QueueTimeoutTicks = 20 * Second, Plan = new(GateMode.Shadow, GatePolicy.Criticality, 100) },
            arrivals);
        shadow.Gate.RefusesHopeless = false;
        shadow.Run();
        var gains = shadow.Gate.ShadowGains();
        var timedOut = arrivals.Index().Count(item => shadow.WaitTicks[item.Index] < 0);

        Assert.True(timedOut > arrivals.Length / 5);
        // Strict classes: the highest would all be sent in time, and what it would have more the lowest would lose.
        var highest = arrivals.Index().Count(item => item.Item.Criticality == 5 && shadow.WaitTicks[item.Index] < 0);
        Assert.Equal(highest, gains[4].Served);
        Assert.Equal(0, gains[4].Lost);
        Assert.True(gains[0].Lost > gains[0].Served);
        var difference = gains.Sum(gain => gain.Lost) - gains.Sum(gain => gain.Served);
        Assert.InRange(difference, -arrivals.Length / 50, arrivals.Length / 50);
    }

    [Fact]
    public void ReturnedRequests_AreDispatchedOnce()
    {
        var arrivals = Arrivals(7);
        var random = new Random(7);
        var shadow = new GateSimulation(
            Options with { Plan = new(GateMode.Shadow, GatePolicy.Fcfs, 100) }, arrivals)
        {
            Returns = _ => random.Next(4) == 0,
        };
        shadow.Run();
        var gains = shadow.Gate.ShadowGains();
        // By the same policy nobody gains.
        Assert.Equal(arrivals.Length, gains.Sum(gain => gain.Requests));
        Assert.All(gains, gain => Assert.InRange(gain.Seconds / gain.Requests, -0.01, 0.01));
    }

    [Fact]
    public void Shadow_BeginsWithWhatIsQueuedAndLeavesNothingBehind()
    {
        var arrivals = Arrivals(6);
        var plans = new[]
        {
            new GatePlan(GateMode.Shadow, GatePolicy.WorkloadAware, 100), new GatePlan(),
            new GatePlan(GateMode.Shadow, GatePolicy.Criticality, 100),
            new GatePlan(GateMode.Shadow, GatePolicy.Fcfs, 100),
        };
        GateSimulation run = null!;
        run = new GateSimulation(Options, arrivals)
        {
            OnArrival = i =>
            {
                if (i % 100 == 50) run.Gate.SetPlan(plans[i / 100 % plans.Length]);
            },
        };
        run.Run();
        Assert.DoesNotContain(-1, run.WaitTicks);
        Assert.Equal((0, 0), (run.Gate.InFlight, run.Gate.Queued));
    }

    private static GateSimulation Run(GatePlan plan, SimulatedArrival[] arrivals)
    {
        var run = new GateSimulation(Options with { Plan = plan }, arrivals);
        run.Run();
        return run;
    }

    private static SimulatedArrival[] Arrivals(int seed, double load = 0.97)
    {
        var random = new Random(seed);
        var (now, arrivals) = (0d, new List<SimulatedArrival>());
        for (var i = 0; i < 20_000; i++)
        {
            var criticality = random.Next(10) switch { 0 => 5, < 4 => 3, 4 => 2, 5 => 4, _ => 1 };
            var service = (long)(Second * (0.1 + 0.1 * random.NextDouble()));
            now += -Math.Log(1 - random.NextDouble()) * 0.15 * Second / 4 / load;
            arrivals.Add(new((long)now, $"w{criticality}-{random.Next(4)}", criticality, service));
        }
        return [.. arrivals];
    }
}
