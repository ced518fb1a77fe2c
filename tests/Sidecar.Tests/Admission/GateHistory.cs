using Sidecar.Admission;

namespace Sidecar.Tests.Admission;

/// <summary>Keeps the gate's decisions in their true order; the gate's lock guards it.</summary>
internal sealed class GateHistory : IGateHistory
{
    public List<GateEvent> Events { get; } = [];

    public void Record(GateEventKind kind, Waiter? waiter, long nowTicks, int value) =>
        Events.Add(new GateEvent(kind, waiter, nowTicks, value, waiter?.Workload, waiter?.Criticality ?? 0,
            waiter?.ArrivalTicks ?? 0, waiter?.WaitTicks ?? 0, waiter?.ScoreAtDispatch ?? 0));
}
