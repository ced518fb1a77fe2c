using Sidecar.Admission;
using Sidecar.Admission.Plans;
using Sidecar.Primitives;
using Sidecar.Scheduling.Orders;
using Sidecar.Workloads;

namespace Sidecar.Tests.Admission;

public class GateHistoryTests
{
    private const int Threads = 6;
    private const int OperationsPerThread = 100_000;
    private const int WaitersPerThread = 25;

    private static readonly WorkloadOptions Workloads = new()
    {
        RateWindowTicks = TimeSpan.TicksPerSecond,
        AverageHalfLifeTicks = TimeSpan.TicksPerSecond / 40,
    };

    // With a clock that runs 100 times as fast, averages, ages, saturation, windows and timeouts all take part.
    private static readonly GateOptions Options = new(
        Limit: 5, QueueLimit: 40, QueueTimeoutTicks: TimeSpan.TicksPerSecond / 15, OldestEvery: 9,
        new ScoreOptions
        {
            WaitHorizonTicks = TimeSpan.TicksPerSecond / 40,
            RateWindowTicks = TimeSpan.TicksPerSecond,
            RateCeilingPerSecond = 1_000,
        });

    [Fact]
    public async Task ManyThreads_LeaveAHistoryThatKeepsTheRules()
    {
        var history = await Hammer();
        var replay = new GateReplay(Options, Workloads);
        var fault = replay.Run(history);
        Assert.True(fault is null, fault);
        Assert.Equal((0, 0), (replay.Queued, replay.Holders));
        var kinds = history.CountBy(e => e.Kind).ToDictionary();
        foreach (var (kind, count) in kinds) TestContext.Current.TestOutputHelper?.WriteLine($"{kind}: {count:N0}");
        // Which of the rare ones occur is up to the threads.
        Assert.True(kinds.Count >= 12);
        Assert.True(replay.Dispatches > 1_000);
    }

    [Fact]
    public async Task Replay_CatchesAHistoryThatWasChanged()
    {
        // Two dispatched waiters change places: the plain search has to notice.
        var history = await Hammer();
        var caught = 0;
        foreach (var at in (int[])[history.Count / 4, history.Count / 2, history.Count * 3 / 4])
        {
            var changed = history.ToList();
            var first = changed.FindIndex(at, e => e.Kind == GateEventKind.Dispatched);
            var second = changed.FindIndex(first + 1, e => e.Kind == GateEventKind.Dispatched);
            (changed[first], changed[second]) = (
                changed[second] with { NowTicks = changed[first].NowTicks },
                changed[first] with { NowTicks = changed[second].NowTicks });
            if (new GateReplay(Options, Workloads).Run(changed) is not null) caught++;
        }
        Assert.Equal(3, caught);
    }

    private static async Task<List<GateEvent>> Hammer()
    {
        var history = new GateHistory();
        var gate = new Gate(Options, new MonotonicClock(new FastTime(100)), history);
        var registry = new WorkloadRegistry(Workloads);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(seed => Task.Factory.StartNew(
            () => Work(gate, registry, new Random(seed)), TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        gate.Open();
        Assert.Equal((0, 0), (gate.Queued, gate.InFlight));
        return history.Events;
    }

    private static void Work(Gate gate, WorkloadRegistry registry, Random random)
    {
        var waiters = Enumerable.Range(0, WaitersPerThread).Select(i => new TestWaiter($"{i}")).ToArray();
        for (var i = 0; i < OperationsPerThread; i++)
        {
            var waiter = waiters[random.Next(waiters.Length)];
            switch (waiter.State)
            {
                case WaiterState.Queued:
                    if (random.Next(40) == 0) gate.Leave(waiter);
                    break;
                case WaiterState.Granted:
                    if (random.Next(200) == 0) gate.ReturnToQueue(waiter, isFull: random.Next(4) == 0);
                    else gate.Release(waiter, isFull: random.Next(200) == 0);
                    break;
                default:
                    var id = (byte)('a' + random.Next(20));
                    gate.Enter(waiter, registry.Enter([id], 0), new(random.Next(1, 6)));
                    break;
            }
            Disturb(gate, random);
        }
        // All end their requests; whoever is dispatched late is released by its own thread.
        gate.SetLimit(0);
        gate.Open();
        foreach (var waiter in waiters)
        {
            while (waiter.State is WaiterState.Queued or WaiterState.Granted)
            {
                if (!gate.Leave(waiter) && waiter.State == WaiterState.Granted) gate.Release(waiter);
            }
        }
    }

    private static void Disturb(Gate gate, Random random)
    {
        switch (random.Next(1_000))
        {
            case < 20: gate.Expire(random.Next(1, 20)); break;
            case < 24: gate.SetLimit(random.Next(0, 12)); break;
            case < 25: gate.Close(); break;
            case < 26: gate.LiftCap(); break;
            case < 28:
                gate.SetPlan(new GatePlan(
                    (GateMode)random.Next(3), (GatePolicy)random.Next(3), random.Next(3) * 50));
                break;
            case < 60 when !gate.IsOpen: gate.Open(); break;
        }
    }
}
