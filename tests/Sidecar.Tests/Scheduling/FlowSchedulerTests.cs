using Sidecar.Scheduling;
using Sidecar.Scheduling.Orders;
using Sidecar.Workloads;

namespace Sidecar.Tests.Scheduling;

public class FlowSchedulerTests
{
    private const long Second = TimeSpan.TicksPerSecond;
    private const int OperationsPerTrial = 200_000;

    private static readonly ScoreOptions Defaults = new();

    /// <summary>Eight trials of 200,000 operations: shapes that bring out ties, saturation and busy windows.</summary>
    private static readonly TrialShape[] Shapes =
    [
        new(5, 100, 0, Second / 10, Defaults),
        new(200, 300, 16, Second / 20, Defaults),
        new(40, 150, 3, 2 * Second, Defaults),
        new(1, 60, 0, Second, Defaults),
        new(60, 120, 0, Second, new ScoreOptions { WeightWait = 0, WeightRate = 0 }),
        new(100, 150, 0, TimeSpan.TicksPerMillisecond,
            new ScoreOptions { WaitHorizonTicks = 20 * TimeSpan.TicksPerMillisecond, RateCeilingPerSecond = 0.01 }),
        new(30, 100, 0, 600 * Second,
            new ScoreOptions
            {
                WeightWait = 10, WeightCriticality = 10, WeightRate = 10,
                WaitHorizonTicks = TimeSpan.TicksPerDay, RateWindowTicks = TimeSpan.TicksPerDay,
            }),
        new(30, 100, 7, TimeSpan.TicksPerMillisecond,
            new ScoreOptions
            {
                WeightWait = 10, WeightCriticality = 0.01, WeightRate = 0.3, RateCeilingPerSecond = 2,
                WaitHorizonTicks = TimeSpan.TicksPerMillisecond, RateWindowTicks = Second,
            }),
    ];

    public static TheoryData<int> Trials => [.. Enumerable.Range(0, Shapes.Length)];

    [Theory]
    [MemberData(nameof(Trials))]
    public void EveryDispatch_IsTheOneThatAPlainSearchFinds(int trial)
    {
        var run = new SchedulerTrial(seed: 100 + trial, Shapes[trial]);
        Assert.Null(run.Run(OperationsPerTrial));
        Assert.True(run.Dispatches > OperationsPerTrial / 5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(5)]
    public void PlainSearch_CatchesASchedulerWhoseClockStandsStill(int trial)
    {
        // As if nothing that time changes were done before a dispatch decides.
        var run = new SchedulerTrial(seed: 100 + trial, Shapes[trial] with { FrozenClock = true, OldestEvery = 0 });
        Assert.Contains("another request had to go", run.Run(OperationsPerTrial));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 16)]
    [InlineData(4, 5)]
    public void Oldest_GoesWithinItsBoundWhateverElseArrives(int seed, int every)
    {
        Assert.Null(LongestOverdue(seed, every, every));
    }

    [Fact]
    public void BoundOfTheOldest_IsBrokenWithoutItsTurn()
    {
        Assert.NotNull(LongestOverdue(seed: 3, oldestEvery: 0, bound: 16));
    }

    [Fact]
    public void RemovedHead_LetsItsFollowerCountByItsOwnAge()
    {
        var scheduler = new FlowScheduler<WorkloadAwareOrder>(new(new ScoreFunction(Defaults)), 0);
        var (a, b) = (Make(1), Make(2));
        var old = Queue(scheduler, a, 1, 0);
        var young = Queue(scheduler, a, 1, 50 * Second);
        var other = Queue(scheduler, b, 2, 50 * Second);
        scheduler.Remove(old, 50 * Second);
        Assert.Same(other, scheduler.Dispatch(50 * Second));
        Assert.Same(young, scheduler.Dispatch(50 * Second));
        Assert.Null(scheduler.Dispatch(50 * Second));
    }

    [Fact]
    public void NeverDispatchedWorkload_OvertakesByItsAge()
    {
        // Criticality 1 passes a fresh 5 after 48 s, other things equal.
        foreach (var (age, winner) in ((long, int)[])[(48 * Second - 1, 5), (48 * Second + Second / 100, 1)])
        {
            var scheduler = new FlowScheduler<WorkloadAwareOrder>(new(new ScoreFunction(Defaults)), 0);
            Queue(scheduler, Make(1), 1, 0);
            Queue(scheduler, Make(2), 5, age);
            Assert.Equal(winner, scheduler.Dispatch(age)!.Criticality);
        }
    }

    [Theory]
    [InlineData(0, 30 * Second)]
    [InlineData(60 * Second, 15 * Second)]
    [InlineData(300 * Second, 30 * Second / 32)]
    [InlineData(TimeSpan.TicksPerDay, 0)]
    public void AverageOfAnOverload_HalvesInEachHorizonOfIdleness(long idle, long expected)
    {
        foreach (var isQueued in (bool[])[false, true])
        {
            var (scheduler, workload, score) = (Overloaded(out var made), made, new ScoreFunction(Defaults));
            var request = new TestRequest();
            var now = 30 * Second + idle;
            scheduler.Arrive(request, workload, new(3), now);
            Assert.Equal(expected, workload.AverageWaitTicks);
            if (isQueued) scheduler.Enqueue(request, now);
            if (isQueued) scheduler.Dispatch(now);
            else scheduler.Admit(request, now);
            Assert.Equal(score.Score(3, expected, 0, workload.Rate.Count), request.ScoreAtDispatch);
        }
    }

    [Fact]
    public void Average_StandsStillWhileSomethingOfItsWorkloadIsQueued()
    {
        var scheduler = Overloaded(out var workload);
        var (queued, late) = (Queue(scheduler, workload, 3, 30 * Second), Queue(scheduler, workload, 5, 300 * Second));
        Assert.Equal(30 * Second, workload.AverageWaitTicks);
        // Neither gives a sample; from here on nothing is queued.
        scheduler.Remove(queued, 400 * Second);
        scheduler.Remove(late, 400 * Second);
        Queue(scheduler, workload, 1, 460 * Second);
        Assert.Equal(15 * Second, workload.AverageWaitTicks);
    }

    [Fact]
    public void RefusedArrivals_DoNotKeepAnAverageUp()
    {
        var scheduler = Overloaded(out var workload);
        for (var i = 1; i <= 6_000; i++)
            scheduler.Arrive(new TestRequest(), workload, new(3), 30 * Second + i * Second / 100);
        Assert.InRange(workload.AverageWaitTicks, 15 * Second - 1, 15 * Second + Second / 50);
    }

    [Fact]
    public void ReturnedRequest_KeepsItsPlaceAmongItsOwnAndAmongAll()
    {
        var scheduler = new FlowScheduler<WorkloadAwareOrder>(new(new ScoreFunction(Defaults)), 0);
        var a = Make(1);
        var requests = Enumerable.Range(0, 5).Select(i => Queue(scheduler, a, 3, i)).ToArray();
        var taken = Enumerable.Range(0, 4).Select(_ => scheduler.Dispatch(10)!).ToArray();
        Assert.Equal(requests[..4], taken);
        foreach (var back in (int[])[2, 0, 3, 1]) scheduler.Enqueue(requests[back], 20);
        Assert.Same(requests[0], scheduler.Oldest);
        Assert.Equal(requests, Enumerable.Range(0, 5).Select(_ => scheduler.Dispatch(30)));
    }

    [Fact]
    public void Queueing_AllocatesNothingOnceWarm()
    {
        var scheduler = new FlowScheduler<WorkloadAwareOrder>(new(new ScoreFunction(Defaults)), 16);
        var workloads = Enumerable.Range(1, 50).Select(Make).ToArray();
        var requests = Enumerable.Range(0, 200).Select(_ => new TestRequest()).ToArray();
        long now = 0;
        Assert.Equal(0, Allocations.PerWarmRoundBytes(() =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                var request = requests[i % requests.Length];
                if (i >= requests.Length) request = (TestRequest)scheduler.Dispatch(now)!;
                scheduler.Arrive(request, workloads[i * 7 % 50], new(1 + i % 5), now += Second / 100);
                scheduler.Enqueue(request, now);
            }
            while (scheduler.Dispatch(now) is not null) { }
        }));
    }

    private static string? LongestOverdue(int seed, int oldestEvery, int bound)
    {
        var random = new Random(seed);
        var scheduler = new FlowScheduler<WorkloadAwareOrder>(new(new ScoreFunction(Defaults)), oldestEvery);
        var plain = new PlainQueue(new ScoreFunction(Defaults), new WorkloadOptions());
        var workloads = Enumerable.Range(1, 20).Select(Make).ToArray();
        long now = 0, dispatches = 0;
        for (var i = 0; i < 60_000; i++)
        {
            now += random.Next(4) == 0 ? random.NextInt64(Second) : 0;
            // Bursts of the critical against a trickle of the rest.
            if (plain.Count < 150 && random.Next(100) < 55)
            {
                var workload = workloads[random.Next(workloads.Length)];
                var request = Queue(scheduler, workload, random.Next(10) == 0 ? 1 : 5, now);
                request.DispatchNumberMax = dispatches + (long)bound * (plain.Count + 1);
                plain.Enqueue(request, workload, 3, now, plain.Arrive(workload, now), now);
            }
            else if (scheduler.Dispatch(now) is TestRequest taken)
            {
                plain.Remove(taken, now);
                if (++dispatches > taken.DispatchNumberMax) return $"{dispatches} after {taken.DispatchNumberMax}";
            }
        }
        return null;
    }

    /// <summary>Its one workload has waited for 30 s on average, and has nothing queued from second 30 on.</summary>
    private static FlowScheduler<WorkloadAwareOrder> Overloaded(out Workload workload)
    {
        var scheduler = new FlowScheduler<WorkloadAwareOrder>(new(new ScoreFunction(Defaults)), 0);
        Queue(scheduler, workload = Make(1), 3, 0);
        scheduler.Dispatch(30 * Second);
        return scheduler;
    }

    private static TestRequest Queue(Scheduler scheduler, Workload workload, int criticality, long now)
    {
        var request = new TestRequest();
        scheduler.Arrive(request, workload, new(criticality), now);
        scheduler.Enqueue(request, now);
        return request;
    }

    private static Workload Make(int number) =>
        new(System.Text.Encoding.UTF8.GetBytes($"w{number}"), (ulong)number * 7_777_777, new WorkloadOptions(), true);
}
