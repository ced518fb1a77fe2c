namespace Sidecar.Scheduling.Orders;

/// <summary>What an order may know of a flow: of its oldest request, and of its workload.</summary>
/// <param name="Claim">Of the flow's oldest request; its criticality is that of all of them.</param>
/// <param name="ArrivalTicks">Of the oldest request.</param>
/// <param name="AverageTicks">Moving average of the workload's waits; stands still while the flow is queued.</param>
/// <param name="Arrivals">Of the workload, in the window.</param>
/// <param name="RateChangeTicks">When <paramref name="Arrivals"/> falls next if none arrives; the largest long: never.
/// </param>
internal readonly record struct FlowState(
    RequestClaim Claim, long ArrivalTicks, long AverageTicks, long Arrivals, long RateChangeTicks);
