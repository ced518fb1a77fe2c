using Sidecar.Workloads;

namespace Sidecar.Scheduling;

/// <summary>One flow as it stood when the queue was looked at.</summary>
internal readonly record struct FlowView(
    Workload Workload, int Criticality, int Queued, long OldestAgeTicks, long AverageTicks, long Arrivals);
