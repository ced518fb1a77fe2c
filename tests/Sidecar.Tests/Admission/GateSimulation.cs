using Microsoft.Extensions.Time.Testing;
using Sidecar.Admission;
using Sidecar.Primitives;
using Sidecar.Workloads;

namespace Sidecar.Tests.Admission;

/// <summary>
/// Lets requests arrive at a gate before a model server that takes each for its own time, all on one thread and on a
/// clock that goes from event to event.
/// </summary>
internal sealed class GateSimulation
{
    private const long SweepTicks = TimeSpan.TicksPerSecond / 10;

    private readonly FakeTimeProvider _time = new();
    private readonly WorkloadRegistry _registry = new(new WorkloadOptions());
    private readonly PriorityQueue<int, long> _running = new();
    private readonly Stack<int> _woken = new();
    private readonly HashSet<int> _returned = [];
    private readonly SimulatedArrival[] _arrivals;
    private readonly TestWaiter[] _waiters;

    internal GateSimulation(GateOptions options, SimulatedArrival[] arrivals)
    {
        Gate = new Gate(options, new MonotonicClock(_time));
        _arrivals = arrivals;
        _waiters = [.. arrivals.Index().Select(item => new TestWaiter(onWake: _ => _woken.Push(item.Index)))];
        (Outcomes, WaitTicks) = (new EnterOutcome[arrivals.Length], new long[arrivals.Length]);
    }

    internal Gate Gate { get; }

    internal EnterOutcome[] Outcomes { get; }

    /// <summary>Of the request of that number; -1 where it was not sent.</summary>
    internal long[] WaitTicks { get; }

    /// <summary>Is told of each arrival before the gate is.</summary>
    internal Action<int>? OnArrival { get; init; }

    /// <summary>Whether the model server refuses the request when it is first sent.</summary>
    internal Func<int, bool>? Returns { get; init; }

    internal WaiterState StateOf(int request) => _waiters[request].State;

    internal void Run()
    {
        Array.Fill(WaitTicks, -1);
        long now = 0, nextSweep = 0;
        for (var next = 0; next < _arrivals.Length || Gate.InFlight > 0 || Gate.Queued > 0;)
        {
            var arrivesAt = next < _arrivals.Length ? _arrivals[next].AtTicks : long.MaxValue;
            var endsAt = _running.TryPeek(out _, out var at) ? at : long.MaxValue;
            var to = Math.Min(Math.Min(arrivesAt, endsAt), nextSweep);
            _time.Advance(TimeSpan.FromTicks(to - now));
            now = to;
            if (endsAt == now) Gate.Release(_waiters[_running.Dequeue()]);
            else if (arrivesAt == now) Arrive(next++, now);
            else (nextSweep, _) = (now + SweepTicks, Gate.Expire(int.MaxValue));
            while (_woken.TryPop(out var woken)) Begin(woken, now);
        }
    }

    private void Arrive(int request, long now)
    {
        OnArrival?.Invoke(request);
        var arrival = _arrivals[request];
        var workload = _registry.Enter(System.Text.Encoding.UTF8.GetBytes(arrival.WorkloadId), now);
        Outcomes[request] = Gate.Enter(_waiters[request], workload, new(arrival.Criticality));
        Begin(request, now);
    }

    private void Begin(int request, long now)
    {
        if (_waiters[request].State != WaiterState.Granted) return;
        if (WaitTicks[request] < 0 && Returns is not null && _returned.Add(request) && Returns(request))
        {
            Gate.ReturnToQueue(_waiters[request]);
            return;
        }
        WaitTicks[request] = _waiters[request].WaitTicks;
        _running.Enqueue(request, now + _arrivals[request].ServiceTicks);
    }
}
