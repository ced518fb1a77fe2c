using Sidecar.Admission;

namespace Sidecar.Benchmarks.Scheduling;

/// <summary>Notes that it was woken, so that the benchmark knows who holds the permit.</summary>
internal sealed class BenchWaiter : Waiter
{
    public static BenchWaiter? LastWoken { get; private set; }

    protected internal override void Wake() => LastWoken = this;
}
