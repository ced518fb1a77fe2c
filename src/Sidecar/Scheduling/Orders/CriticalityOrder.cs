using Sidecar.Workloads;

namespace Sidecar.Scheduling.Orders;

/// <summary>The policy <c>criticality</c>: strict classes, the most critical first, and in each of them by arrival. A
/// lower one gets what the higher ones leave.</summary>
internal readonly struct CriticalityOrder : IFlowOrder
{
    public static bool HeedsCriticality => true;

    public FlowRank Rank(in FlowState flow, long nowTicks) =>
        new(Score(flow, nowTicks), IsAging: false, ChangeTicks: long.MaxValue);

    public long AtTime(long agingKey, long nowTicks) => agingKey;

    public long Score(in FlowState flow, long nowTicks) =>
        flow.Claim.Criticality * (ScoreFunction.One / WorkloadContext.CriticalityMax);

    public ScoreTerms Terms(in FlowState flow, long nowTicks) =>
        new(0, ScoreFunction.ToDouble(Score(flow, nowTicks)), 0);
}
