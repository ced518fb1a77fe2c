namespace Sidecar.Admission.Plans;

/// <summary>Who goes next: the orders of <c>Scheduling/Orders</c> by their names.</summary>
public enum GatePolicy : byte
{
    WorkloadAware,
    Fcfs,
    Criticality,
}
