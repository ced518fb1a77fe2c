using BenchmarkDotNet.Attributes;
using Sidecar.Admission;
using Sidecar.Primitives;
using Sidecar.Scheduling.Orders;
using Sidecar.Workloads;

namespace Sidecar.Benchmarks.Scheduling;

/// <summary>What a request costs at the registry and at a gate that has room: the price while nothing waits.</summary>
[MemoryDiagnoser]
public class UnqueuedGateBenchmark
{
    private readonly BenchWaiter _waiter = new();
    private readonly MonotonicClock _clock = new(TimeProvider.System);
    private readonly WorkloadRegistry _registry = new(new WorkloadOptions());
    private Gate _gate = null!;
    private Workload _workload = null!;

    [GlobalSetup]
    public void Setup()
    {
        _gate = new Gate(new GateOptions(16, 5_000, 50 * TimeSpan.TicksPerSecond, 16, new ScoreOptions()), _clock);
        _workload = _registry.Enter("fraud-detection"u8, _clock.NowTicks);
    }

    [Benchmark]
    public void EnterAndRelease()
    {
        _gate.Enter(_waiter, _workload, new(5));
        _gate.Release(_waiter);
    }

    [Benchmark]
    public void RegistryGateAndRelease()
    {
        var workload = _registry.Enter("fraud-detection"u8, _clock.NowTicks);
        _gate.Enter(_waiter, workload, new(5));
        _gate.Release(_waiter);
        _registry.Leave(workload, _clock.NowTicks);
    }
}
