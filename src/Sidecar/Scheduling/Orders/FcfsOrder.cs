namespace Sidecar.Scheduling.Orders;

/// <summary>The policy <c>fcfs</c>: first come, first served. All keys are equal, and arrival decides.</summary>
internal readonly struct FcfsOrder : IFlowOrder
{
    public static bool HeedsCriticality => false;

    public FlowRank Rank(in FlowState flow, long nowTicks) => new(0, IsAging: false, ChangeTicks: long.MaxValue);

    public long AtTime(long agingKey, long nowTicks) => agingKey;

    public long Score(in FlowState flow, long nowTicks) => 0;

    public ScoreTerms Terms(in FlowState flow, long nowTicks) => default;
}
