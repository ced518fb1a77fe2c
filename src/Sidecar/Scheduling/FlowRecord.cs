using Sidecar.Workloads;

namespace Sidecar.Scheduling;

/// <summary>
/// One workload's queued requests of one criticality, first come first served. Links are slots of the
/// <see cref="RequestTable"/>; a free record links to the next free one by <see cref="First"/>.
/// </summary>
internal struct FlowRecord
{
    public Workload? Workload;
    public int First;
    public int Last;
    public int Count;
    public byte Criticality;
}
