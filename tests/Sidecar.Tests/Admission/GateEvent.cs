using Sidecar.Admission;
using Sidecar.Workloads;

namespace Sidecar.Tests.Admission;

/// <summary>One decision of the gate, with all that its waiter showed at that moment.</summary>
internal readonly record struct GateEvent(
    GateEventKind Kind, Waiter? Waiter, long NowTicks, int Value, Workload? Workload, int Criticality,
    long ArrivalTicks, long WaitTicks, long Score);
