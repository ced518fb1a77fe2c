using BenchmarkDotNet.Attributes;
using Sidecar.Admission;
using Sidecar.Primitives;
using Sidecar.Scheduling.Orders;
using Sidecar.Workloads;

namespace Sidecar.Benchmarks.Scheduling;

/// <summary>
/// One request in and one out while so many flows wait: a release dispatches the best, and a new request takes its
/// place in the queue.
/// </summary>
[MemoryDiagnoser]
public class QueuedGateBenchmark
{
    private readonly List<BenchWaiter> _waiters = [];
    private readonly Random _random = new(1);
    private Workload[] _workloads = null!;
    private Gate _gate = null!;
    private BenchWaiter _holder = new();

    [Params(100, 10_000)]
    public int Flows { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var clock = new MonotonicClock(TimeProvider.System);
        var registry = new WorkloadRegistry(new WorkloadOptions { Limit = 20_000 });
        _gate = new Gate(new GateOptions(1, 20_000, 0, 16, new ScoreOptions()), clock);
        _workloads = [.. Enumerable.Range(0, Flows).Select(
            i => registry.Enter(System.Text.Encoding.UTF8.GetBytes($"workload-{i}"), clock.NowTicks))];
        _gate.Enter(_holder, _workloads[0], new(1));
        foreach (var workload in _workloads)
        {
            var waiter = new BenchWaiter();
            _waiters.Add(waiter);
            _gate.Enter(waiter, workload, new(1 + _waiters.Count % 5));
        }
    }

    [Benchmark]
    public void EnqueueAndDispatch()
    {
        var released = _holder;
        _gate.Release(released);
        _holder = BenchWaiter.LastWoken!;
        _gate.Enter(released, _workloads[_random.Next(_workloads.Length)], new(_random.Next(1, 6)));
    }
}
