namespace Sidecar.Scheduling.Orders;

/// <summary>Where a flow stands among the others, and how long that holds.</summary>
/// <param name="Key">The highest goes first; of equal ones the earliest arrival.</param>
/// <param name="IsAging">
/// The key lacks what time adds, alike for all such flows: <see cref="IFlowOrder.AtTime"/> adds it.
/// </param>
/// <param name="ChangeTicks">
/// When it has to be asked for anew; the largest long: with the next arrival or dispatch.
/// </param>
internal readonly record struct FlowRank(long Key, bool IsAging, long ChangeTicks);
