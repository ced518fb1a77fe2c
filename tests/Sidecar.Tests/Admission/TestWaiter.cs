using Sidecar.Admission;

namespace Sidecar.Tests.Admission;

/// <summary>Counts its wakes, and tells whoever wants to know.</summary>
internal sealed class TestWaiter(string name = "", Action<TestWaiter>? onWake = null) : Waiter
{
    private int _wakes;

    public string Name => name;

    public int Wakes => Volatile.Read(ref _wakes);

    public override string ToString() => $"{name} ({State})";

    protected internal override void Wake()
    {
        Interlocked.Increment(ref _wakes);
        onWake?.Invoke(this);
    }
}
