using System.Runtime.CompilerServices;

namespace Sidecar.Workloads;

/// <summary>
/// Where the scheduler keeps a workload's flows, by criticality less 1: the flow's slot plus 1, or 0 for none, so
/// that a new workload needs no preparation.
/// </summary>
[InlineArray(WorkloadContext.CriticalityMax)]
internal struct FlowSlots
{
    private int _first;
}
