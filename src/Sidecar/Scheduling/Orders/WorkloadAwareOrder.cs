using System.Runtime.CompilerServices;

namespace Sidecar.Scheduling.Orders;

/// <summary>
/// The policy <c>workload-aware</c>: the highest <see cref="ScoreFunction">score</see>, by wait, criticality and rate.
/// </summary>
/// <remarks>
/// A score moves with time only while the flow's age leads and is below the horizon, and then all at the same pace: so
/// long it is aging.
/// </remarks>
internal readonly struct WorkloadAwareOrder(ScoreFunction score) : IFlowOrder
{
    public static bool HeedsCriticality => true;

    // For each flow of a workload at each of its dispatches: a call would copy what is given and returned.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FlowRank Rank(in FlowState flow, long nowTicks)
    {
        var ageTicks = nowTicks - flow.ArrivalTicks;
        var horizonTicks = score.HorizonTicks;
        var changeTicks = flow.RateChangeTicks;
        if (ageTicks >= flow.AverageTicks && ageTicks < horizonTicks)
        {
            return new FlowRank(
                score.AgingKey(flow.Claim.Criticality, flow.ArrivalTicks, flow.Arrivals), IsAging: true,
                Math.Min(changeTicks, flow.ArrivalTicks + horizonTicks));
        }
        if (ageTicks < horizonTicks && flow.AverageTicks < horizonTicks)
            changeTicks = Math.Min(changeTicks, flow.ArrivalTicks + flow.AverageTicks);
        return new FlowRank(Score(flow, nowTicks), IsAging: false, changeTicks);
    }

    public long AtTime(long agingKey, long nowTicks) => score.AtTime(agingKey, nowTicks);

    public long Score(in FlowState flow, long nowTicks) => score.Score(
        flow.Claim.Criticality, flow.AverageTicks, nowTicks - flow.ArrivalTicks, flow.Arrivals);

    public ScoreTerms Terms(in FlowState flow, long nowTicks) => score.Terms(
        flow.Claim.Criticality, flow.AverageTicks, nowTicks - flow.ArrivalTicks, flow.Arrivals);
}
