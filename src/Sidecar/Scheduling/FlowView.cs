using Sidecar.Scheduling.Orders;
using Sidecar.Workloads;

namespace Sidecar.Scheduling;

/// <summary>One flow as it stood when the queue was looked at.</summary>
internal readonly record struct FlowView(Workload Workload, int Queued, FlowState State, long NowTicks)
{
    public int Criticality => State.Claim.Criticality;

    public long OldestAgeTicks => NowTicks - State.ArrivalTicks;
}
