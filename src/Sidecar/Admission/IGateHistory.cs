namespace Sidecar.Admission;

/// <summary>Takes down each decision in its true order: called under the gate's lock, so it must be brief.</summary>
internal interface IGateHistory
{
    void Record(GateEventKind kind, Waiter? waiter, long nowTicks, int value);
}
