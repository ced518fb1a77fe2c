using Sidecar.Scheduling.Orders;
using Sidecar.Workloads;

namespace Sidecar.Scheduling;

/// <summary>
/// Queued requests and the choice among them, by an order that is not told here: what the gate knows of it. One thread
/// at a time, with times that do not run backwards (an earlier one counts as the latest).
/// </summary>
internal abstract class Scheduler
{
    public abstract int Queued { get; }

    /// <summary>Of a hundred dispatches, how many follow the order; the others take the oldest.</summary>
    public int PolicyPercent { get; set; } = 100;

    /// <summary>Rank of the last arrival among all requests.</summary>
    internal long LastSequence { get; set; }

    /// <summary>The order heeds how critical requests are.</summary>
    public abstract bool HeedsCriticality { get; }

    /// <summary>The latest arrival among those of the least criticality that are queued, or null.</summary>
    public abstract ScheduledRequest? NewestOfLeastCritical { get; }

    /// <summary>The earliest arrival that is queued, or null.</summary>
    public abstract ScheduledRequest? Oldest { get; }

    /// <summary>Arrival of <see cref="Oldest"/>; the largest long where nothing is queued.</summary>
    public abstract long OldestArrivalTicks { get; }

    /// <summary>A request that arrives: it counts in its workload's rate, whatever becomes of it.</summary>
    public abstract void Arrive(ScheduledRequest request, Workload workload, in RequestClaim claim, long nowTicks);

    /// <summary>Dispatches an arrived request without queueing it: a wait of 0.</summary>
    public abstract void Admit(ScheduledRequest request, long nowTicks);

    /// <summary>
    /// Queues a request that has arrived, or one that was dispatched and comes back: that one goes to its old place,
    /// by its arrival.
    /// </summary>
    public abstract void Enqueue(ScheduledRequest request, long nowTicks);

    /// <summary>Takes the next request by the rule, or null where nothing is queued.</summary>
    public abstract ScheduledRequest? Dispatch(long nowTicks);

    /// <summary>Takes a queued request out; it gives no wait sample.</summary>
    public abstract void Remove(ScheduledRequest request, long nowTicks);

    /// <summary>Does some of what time has made due, which every operation would else do first, and in full.</summary>
    /// <returns>Whether more is due.</returns>
    public abstract bool CatchUp(long nowTicks, int most);

    /// <summary>
    /// About how many of the queued would go before a request that arrives now, if no further one did: an estimate, for
    /// which at most some 250 flows are looked at.
    /// </summary>
    /// <param name="workload">The request has been counted in its rate.</param>
    /// <param name="claim">Of the request.</param>
    /// <param name="nowTicks">Of its arrival.</param>
    public abstract int CountAhead(Workload workload, in RequestClaim claim, long nowTicks);

    /// <summary>
    /// In which part of a time that it waits a request is overtaken by others that arrive meanwhile: until its age has
    /// made up for what these are scored higher, all else equal. 0 to 1; for a 4 that waits 48 s and 5s by the score of
    /// the README, 12 / 48. Pure.
    /// </summary>
    public abstract double OvertakenShare(in RequestClaim claim, in RequestClaim others, long withinTicks);

    /// <summary>Moves all that is queued to another scheduler, which is empty; each keeps its place by arrival. Costs
    /// some 200 ns for each.</summary>
    public abstract void MoveTo(Scheduler other, long nowTicks);

    /// <summary>All that is queued, the earliest arrival first; nothing may change meanwhile.</summary>
    public abstract IEnumerable<ScheduledRequest> ByArrival();

    /// <summary>Appends all flows as they stand, in no order.</summary>
    public abstract void CopyTo(List<FlowView> destination, long nowTicks);

    /// <summary>Of a flow that was copied. Pure: from any thread.</summary>
    public abstract ScoreTerms Terms(in FlowView flow);
}
