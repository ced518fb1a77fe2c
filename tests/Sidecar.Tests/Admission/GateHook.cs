using Sidecar.Admission;

namespace Sidecar.Tests.Admission;

/// <summary>Has a test act in the very moment of a decision, under the gate's lock.</summary>
internal sealed class GateHook : IGateHistory
{
    internal Action<GateEventKind, Waiter?>? OnEvent { get; set; }

    public void Record(GateEventKind kind, Waiter? waiter, long nowTicks, int value) => OnEvent?.Invoke(kind, waiter);
}
