using Sidecar.Scheduling;
using Sidecar.Scheduling.Orders;
using Sidecar.Workloads;

namespace Sidecar.Tests.Scheduling;

/// <summary>
/// A random life of a scheduler, watched by <see cref="PlainQueue"/>: arrivals, admissions at once, refusals,
/// dispatches, departures, returns, timeouts, catching up, and steps of time from none to months.
/// </summary>
internal sealed class SchedulerTrial(int seed, TrialShape shape)
{
    private readonly Random _random = new(seed);
    private readonly Scheduler _scheduler =
        new FlowScheduler<WorkloadAwareOrder>(new(new ScoreFunction(shape.Score)), shape.OldestEvery);
    private readonly PlainQueue _plain = new(new ScoreFunction(shape.Score), Options(shape));
    private readonly List<TestRequest> _queued = [];
    private readonly List<(TestRequest Request, long Rank)> _running = [];
    private readonly Dictionary<TestRequest, long> _ranks = [];
    private readonly Workload[] _workloads = MakeWorkloads(shape, seed);
    private long _now = seed * 1_000_003L;
    private long _lastArrival;
    private int _sinceOldest;

    public long Dispatches { get; private set; }

    /// <summary>The first departure from the rule, in words, or null.</summary>
    public string? Run(int operations)
    {
        for (var i = 0; i < operations; i++)
        {
            _now += Step();
            // Catching up in part must change nothing for what follows.
            if (_random.Next(8) == 0) _scheduler.CatchUp(_now, _random.Next(4));
            var fault = Act(_random.Next(100));
            if (fault is null && _scheduler.Queued != _plain.Count) fault = "the counts differ";
            if (fault is null && !ReferenceEquals(_scheduler.Oldest, i % 16 == 0 ? _plain.Oldest : _scheduler.Oldest))
                fault = "the oldest differ";
            if (fault is not null) return $"operation {i}, {Dispatches} dispatches: {fault}";
        }
        return null;
    }

    private string? Act(int dice)
    {
        if (dice < 42) return Arrive(dice);
        if (dice < 76) return Dispatch();
        if (dice < 86) return Remove(_queued.Count == 0 ? null : _queued[_random.Next(_queued.Count)]);
        if (dice < 92) return Return();
        if (dice < 96) return Remove((TestRequest?)_scheduler.Oldest);
        if (_running.Count > 0) _running.RemoveAt(_random.Next(_running.Count));
        return null;
    }

    private string? Arrive(int dice)
    {
        var workload = _workloads[(int)(_workloads.Length * Math.Pow(_random.NextDouble(), 2))];
        var request = new TestRequest();
        var criticality = _random.Next(3) == 0 ? _random.Next(1, 6) : 1 + workload.Id.Length % 5;
        _scheduler.Arrive(request, workload, new(criticality), _now);
        var rank = _plain.Arrive(workload, _now);
        if (dice < 4 || _queued.Count >= shape.QueueMax) return null;
        if (dice < 8)
        {
            var score = _plain.ScoreOf(workload, criticality, _now, _now);
            _scheduler.Admit(request, _now);
            _plain.Sample(workload, 0, _now);
            _running.Add((request, rank));
            return request.ScoreAtDispatch == score ? null : "the score at admission differs";
        }
        Enqueue(request, rank);
        return null;
    }

    private void Enqueue(TestRequest request, long rank)
    {
        _lastArrival = _now;
        _scheduler.Enqueue(request, _now);
        _plain.Enqueue(request, request.Workload!, request.Criticality, request.ArrivalTicks, rank, _now);
        _queued.Add(request);
        _ranks[request] = rank;
    }

    private string? Dispatch()
    {
        var best = _plain.Best(_now);
        var isOldestsTurn = best is not null && shape.OldestEvery > 0 && ++_sinceOldest == shape.OldestEvery;
        if (isOldestsTurn) _sinceOldest = 0;
        var expected = isOldestsTurn ? _plain.Oldest : best?.Request;
        var taken = (TestRequest?)_scheduler.Dispatch(shape.FrozenClock ? _lastArrival : _now);
        if (!ReferenceEquals(expected, taken)) return $"another request had to go, oldest's turn: {isOldestsTurn}";
        if (taken is null) return null;
        Dispatches++;
        if (!shape.FrozenClock && taken.WaitTicks != _now - taken.ArrivalTicks) return "the wait differs";
        if (!shape.FrozenClock && !isOldestsTurn && taken.ScoreAtDispatch != best!.Value.Score)
            return "the score differs";
        var dispatchedTicks = taken.ArrivalTicks + taken.WaitTicks;
        _plain.Remove(taken, dispatchedTicks);
        _plain.Sample(taken.Workload!, taken.WaitTicks, dispatchedTicks);
        _queued.Remove(taken);
        _running.Add((taken, _ranks[taken]));
        _ranks.Remove(taken);
        if (_running.Count > 64) _running.RemoveAt(0);
        return null;
    }

    private string? Remove(TestRequest? request)
    {
        if (request is null) return null;
        _scheduler.Remove(request, _now);
        _queued.Remove(request);
        _ranks.Remove(request);
        return _plain.Remove(request, _now) ? null : "it was not queued";
    }

    private string? Return()
    {
        if (_running.Count == 0) return null;
        var at = _random.Next(_running.Count);
        var (request, rank) = _running[at];
        _running.RemoveAt(at);
        Enqueue(request, rank);
        return null;
    }

    private long Step() => _random.Next(24) switch
    {
        < 10 => 0,
        < 12 => 1,
        < 15 => _random.NextInt64(TimeSpan.TicksPerMillisecond),
        < 19 => _random.NextInt64(shape.StepTicks),
        < 23 => shape.StepTicks,
        _ => _random.Next(200) switch
        {
            < 40 => _random.NextInt64(shape.Score.WaitHorizonTicks),
            < 44 => _random.NextInt64(2 * shape.Score.WaitHorizonTicks),
            < 46 => _random.NextInt64(3 * TimeSpan.TicksPerMinute),
            46 => _random.NextInt64(400 * TimeSpan.TicksPerDay),
            _ => 0,
        },
    };

    private static WorkloadOptions Options(TrialShape shape) => new()
    {
        RateWindowTicks = shape.Score.RateWindowTicks,
        AverageHalfLifeTicks = shape.Score.WaitHorizonTicks,
    };

    private static Workload[] MakeWorkloads(TrialShape shape, int seed) =>
        [.. Enumerable.Range(0, shape.Workloads).Select(i => new Workload(
            System.Text.Encoding.UTF8.GetBytes(new string('w', 1 + i % 7)),
            unchecked((ulong)(i + 1) * 0x9E3779B97F4A7C15UL + (ulong)seed), Options(shape), isListed: true))];
}
