namespace Sidecar.Scheduling.Orders;

/// <summary>
/// Who goes next: a policy. A struct, given as a type parameter, so that it is compiled into the scheduler. Pure: the
/// same flow at the same time has the same rank.
/// </summary>
/// <remarks>
/// Keys of aging flows are compared modulo 2^64, so those of flows that arrived within one horizon of each other must
/// differ by less than 2^63; a flow may be aging only for a horizon of its own, from its arrival on.
/// </remarks>
internal interface IFlowOrder
{
    /// <summary>A request's criticality has a part in its rank.</summary>
    static abstract bool HeedsCriticality { get; }

    FlowRank Rank(in FlowState flow, long nowTicks);

    /// <summary>What the key of an aging flow stands for at a time, to be compared with those of the others.</summary>
    long AtTime(long agingKey, long nowTicks);

    /// <summary>What a request is dispatched with, for people; <see cref="ScoreFunction.One"/> is 1.</summary>
    long Score(in FlowState flow, long nowTicks);

    /// <summary>The same in parts.</summary>
    ScoreTerms Terms(in FlowState flow, long nowTicks);
}
