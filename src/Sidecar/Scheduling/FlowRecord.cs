using Sidecar.Workloads;

namespace Sidecar.Scheduling;

/// <summary>
/// One workload's queued requests of one criticality, first come first served. A free record links to the next free
/// one by the first of its list.
/// </summary>
internal struct FlowRecord
{
    public Workload? Workload;
    public RequestList Requests;
    public int Count;
    public byte Criticality;
}
