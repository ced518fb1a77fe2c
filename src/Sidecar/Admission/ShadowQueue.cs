using System.Runtime.CompilerServices;
using Sidecar.Scheduling;
using Sidecar.Scheduling.Orders;
using Sidecar.Workloads;

namespace Sidecar.Admission;

/// <summary>
/// The queue that a policy would have, kept beside the real one, which goes by arrival: the same requests arrive and
/// leave, and with each real dispatch the policy makes its own choice. What that would have gained each class is the
/// difference. Under the gate's lock. Allocates for a workload that it sees for the first time, and for as many
/// requests as are under way at once.
/// </summary>
/// <remarks>
/// Both queues are given the same moments at which something can be sent. So the sum is exact where it does not matter
/// to the model server which request it is given; where it does, as far as the classes ask for about as much.
/// </remarks>
internal sealed class ShadowQueue(Scheduler scheduler, long timeoutTicks)
{
    private const int ExpiriesMax = 64;

    private readonly ConditionalWeakTable<Workload, Workload> _workloads = [];
    private readonly Stack<ShadowRequest> _spare = new();
    private readonly ShadowGain[] _gains = new ShadowGain[WorkloadContext.CriticalityMax];
    private long _dispatches;

    /// <summary>How many more than in truth the policy would have at the model server; below 0 how many less.</summary>
    private int _surplus;

    /// <summary>By criticality less 1.</summary>
    internal ReadOnlySpan<ShadowGain> Gains => _gains;

    /// <summary>A request arrives; before it counts in its workload's rate. Whatever becomes of it follows.</summary>
    internal void OnArrived(Waiter waiter, Workload workload, in RequestClaim claim, long nowTicks) =>
        scheduler.Arrive(Take(waiter), Of(workload), claim, nowTicks);

    internal void OnRefused(Waiter waiter)
    {
        if (Of(waiter) is { } request) GiveBack(request);
    }

    /// <summary>A request waits, or would if it did not get its permit at once.</summary>
    internal void OnEnqueued(Waiter waiter, long nowTicks)
    {
        if (Of(waiter) is not { } request) return;
        scheduler.Enqueue(request, nowTicks);
        if (_surplus < 0 && Dispatch(nowTicks)) _surplus++;
    }

    /// <summary>A request that waits already when the shadow begins.</summary>
    internal void Adopt(Waiter waiter, long nowTicks)
    {
        var request = Take(waiter);
        (request.Workload, request.Claim) = (Of(waiter.Workload!), waiter.Claim);
        (request.ArrivalTicks, request.Sequence) = (waiter.ArrivalTicks, waiter.Sequence);
        scheduler.LastSequence = Math.Max(scheduler.LastSequence, waiter.Sequence);
        scheduler.Enqueue(request, nowTicks);
    }

    /// <summary>A request gets a permit: so does the one that the policy would have chosen.</summary>
    internal void OnGranted(Waiter waiter, long nowTicks)
    {
        _dispatches++;
        if (Of(waiter) is { } request) request.Real = (_dispatches, nowTicks);
        // What the policy has had more is made up for; where nothing is queued for it, it has one less there.
        if (_surplus > 0 || !Dispatch(nowTicks)) _surplus--;
        // Unless it was just chosen itself.
        if (Of(waiter) is { IsSettled: true } settled) Settle(settled);
    }

    /// <summary>A permit came back that nobody waits for: the policy may have somebody yet.</summary>
    internal void OnIdle(int inFlight, long nowTicks)
    {
        if (Dispatch(nowTicks)) _surplus++;
        _surplus = Math.Max(_surplus, -inFlight);
    }

    /// <summary>The model server did not take a request: its dispatch was none.</summary>
    internal void OnReturned(Waiter waiter)
    {
        _surplus++;
        if (Of(waiter) is { } request) request.Real = (ShadowRequest.NotYet, 0);
    }

    /// <summary>A request leaves the queue without a permit.</summary>
    internal void OnLeft(Waiter waiter, long nowTicks)
    {
        if (Of(waiter) is not { } request) return;
        if (request.IsQueued) scheduler.Remove(request, nowTicks);
        else Add(request, new ShadowGain { Served = 1 });
        GiveBack(request);
    }

    /// <summary>After the real queue's timeouts: what is due now was really sent, and would have timed out.</summary>
    internal void Expire(long nowTicks)
    {
        if (timeoutTicks == 0) return;
        for (var i = 0; i < ExpiriesMax && scheduler.OldestArrivalTicks <= nowTicks - timeoutTicks; i++)
        {
            var request = (ShadowRequest)scheduler.Oldest!;
            if (request.Real.Number == ShadowRequest.NotYet) return;
            scheduler.Remove(request, nowTicks);
            Add(request, new ShadowGain { Lost = 1 });
            GiveBack(request);
        }
    }

    private bool Dispatch(long nowTicks)
    {
        if (scheduler.Dispatch(nowTicks) is not ShadowRequest chosen) return false;
        chosen.Policy = (_dispatches, nowTicks);
        if (chosen.IsSettled) Settle(chosen);
        return true;
    }

    private void Settle(ShadowRequest request)
    {
        Add(request, new ShadowGain
        {
            Requests = 1,
            Ticks = request.Real.Ticks - request.Policy.Ticks,
            Places = request.Real.Number - request.Policy.Number,
        });
        GiveBack(request);
    }

    private void Add(ShadowRequest request, in ShadowGain gain)
    {
        ref var sum = ref _gains[request.Criticality - 1];
        sum = new ShadowGain(
            sum.Requests + gain.Requests, sum.Ticks + gain.Ticks, sum.Places + gain.Places,
            sum.Served + gain.Served, sum.Lost + gain.Lost);
    }

    private ShadowRequest Take(Waiter waiter)
    {
        if (!_spare.TryPop(out var request)) request = new ShadowRequest(this);
        request.Begin(waiter);
        waiter.Shadow = request;
        return request;
    }

    private void GiveBack(ShadowRequest request)
    {
        request.Waiter = null;
        _spare.Push(request);
    }

    /// <summary>Null for a request that was under way before the shadow began, or is settled.</summary>
    private ShadowRequest? Of(Waiter waiter) =>
        waiter.Shadow is { } request && request.Owner == this && request.Waiter == waiter ? request : null;

    private Workload Of(Workload workload) =>
        _workloads.GetValue(workload, static real => real.CopyForShadow());
}
