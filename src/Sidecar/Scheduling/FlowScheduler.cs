using Sidecar.Scheduling.Heaps;
using Sidecar.Scheduling.Orders;
using Sidecar.Workloads;

namespace Sidecar.Scheduling;

/// <summary>
/// Queued requests and the choice among them: at every dispatch no other queued request has a higher rank at that
/// instant, nor the same rank and an earlier arrival; but every n-th dispatch takes the oldest, so that one with k
/// older ones before it is dispatched within n * (k + 1) dispatches, whatever else arrives (older ones that return
/// to the queue count among the k from then on). Pure and deterministic: no lock and no clock; one thread at a time,
/// with times that do not run backwards (an earlier one counts as the latest). Each operation is O(log flows) and
/// as much again for each flow that time has made due, and nothing is allocated but when the arrays grow. A workload
/// belongs to one scheduler.
/// </summary>
/// <remarks>
/// All requests of a flow (a workload's of one criticality) differ only in age, so a flow stands for its oldest.
/// An average fades only while its workload has no flow, so that takes no part here.
/// Two heaps have constant keys: <c>_constant</c> by the rank, and <c>_aging</c> by the rank less what time adds to all
/// in it alike. A third one holds for each flow when its rank has to be asked for anew; all that is due there is done
/// before anything else. So when a request arrives,
/// every flow in <c>_aging</c> is younger than the horizon; and until the next one arrives, only such join it as
/// arrived before, and are younger than the horizon even later. All in it arrived within one horizon of each other,
/// so their keys differ by less than two scores can, 2^61, however long nothing was asked.
/// </remarks>
internal sealed class FlowScheduler<TOrder>(TOrder order, int oldestEvery) : Scheduler
    where TOrder : struct, IFlowOrder
{
    private const int FlowsLookedAtMax = 250;

    private readonly FlowTable _flows = new();
    private readonly RequestTable _requests = new();
    private readonly IndexedHeap<HighestFirst> _constant = new();
    private readonly IndexedHeap<HighestFirstModulo> _aging = new();
    private readonly IndexedHeap<LowestFirst> _changes = new();
    private long _nowTicks;
    private int _sinceOldest;
    private int _policyShare;

    public override int Queued => _requests.Count;

    /// <summary>Workloads and criticalities that have something queued.</summary>
    public int FlowCount => _flows.Count;

    public override bool HeedsCriticality => TOrder.HeedsCriticality;

    public override ScheduledRequest? Oldest => _requests.First < 0 ? null : _requests[_requests.First].Request;

    public override ScheduledRequest? NewestOfLeastCritical =>
        _requests.NewestOfLeastCritical is >= 0 and var slot ? _requests[slot].Request : null;

    public override long OldestArrivalTicks =>
        _requests.First < 0 ? long.MaxValue : _requests[_requests.First].ArrivalTicks;

    public override void Arrive(ScheduledRequest request, Workload workload, in RequestClaim claim, long nowTicks)
    {
        Advance(nowTicks);
        request.Workload = workload;
        request.Claim = claim;
        request.ArrivalTicks = _nowTicks;
        request.Sequence = ++LastSequence;
        workload.FadeAverage(_nowTicks);
        workload.Rate.Add(_nowTicks);
        RekeyFlows(workload);
    }

    public override void Admit(ScheduledRequest request, long nowTicks)
    {
        Advance(nowTicks);
        Depart(request);
    }

    public override void Enqueue(ScheduledRequest request, long nowTicks)
    {
        Advance(nowTicks);
        var workload = request.Workload!;
        var flow = FlowTable.Find(workload, request.Criticality);
        if (flow < 0)
        {
            workload.FadeAverage(_nowTicks);
            flow = _flows.Add(workload, request.Criticality);
        }
        ref var record = ref _flows[flow];
        _requests.Insert(request, flow, ref record);
        if (record.Requests.First != request.Slot) return;
        // Only a workload without any flow can be behind: the others change when they are due.
        workload.Rate.Advance(_nowTicks);
        Place(flow);
    }

    public override ScheduledRequest? Dispatch(long nowTicks)
    {
        Advance(nowTicks);
        if (_requests.Count == 0) return null;
        var request = IsOldestsTurn() ? Oldest! : _requests[_flows[BestFlow()].Requests.First].Request!;
        Unqueue(request);
        Depart(request);
        return request;
    }

    public override void Remove(ScheduledRequest request, long nowTicks)
    {
        Advance(nowTicks);
        var flow = Unqueue(request);
        if (flow >= 0) Place(flow);
    }

    public override IEnumerable<ScheduledRequest> ByArrival()
    {
        for (var slot = _requests.First; slot >= 0; slot = _requests[slot].Links[RequestLinks.OfAll].Later)
            yield return _requests[slot].Request!;
    }

    public override void CopyTo(List<FlowView> destination, long nowTicks)
    {
        Advance(nowTicks);
        for (var slot = _requests.First; slot >= 0; slot = _requests[slot].Links[RequestLinks.OfAll].Later)
        {
            ref var flow = ref _flows[_requests[slot].Flow];
            if (flow.Requests.First != slot) continue;
            destination.Add(new FlowView(flow.Workload!, flow.Count, StateOf(flow, _requests[slot]), _nowTicks));
        }
    }

    public override ScoreTerms Terms(in FlowView flow) => order.Terms(flow.State, flow.NowTicks);

    public override int CountAhead(Workload workload, in RequestClaim claim, long nowTicks)
    {
        Advance(nowTicks);
        if (PolicyPercent == 0) return Queued;
        var score = order.Score(StateOf(workload, claim, _nowTicks), _nowTicks);
        var step = 1 + _flows.UsedCount / FlowsLookedAtMax;
        var ahead = 0d;
        for (var flow = (int)(LastSequence % step); flow < _flows.UsedCount; flow += step)
        {
            if (_flows[flow].Workload is not null) ahead += CountAheadIn(_flows[flow], score);
        }
        return (int)Math.Min(ahead * step, Queued);
    }

    public override double OvertakenShare(in RequestClaim claim, in RequestClaim others, long withinTicks)
    {
        if (PolicyPercent == 0) return 0;
        var other = Fresh(others, 0);
        var (first, last) = (Fresh(claim, 0), Fresh(claim, withinTicks));
        if (other <= first) return 0;
        return other > last ? 1 : (double)(other - first) / (last - first);

        long Fresh(in RequestClaim of, long nowTicks) =>
            order.Score(new FlowState(of, ArrivalTicks: 0, AverageTicks: 0, Arrivals: 0, long.MaxValue), nowTicks);
    }

    public override void MoveTo(Scheduler other, long nowTicks)
    {
        other.LastSequence = LastSequence;
        // One after the other: a workload's flows are those of one scheduler.
        var all = ByArrival().ToArray();
        foreach (var request in all) Remove(request, nowTicks);
        foreach (var request in all) other.Enqueue(request, nowTicks);
    }

    /// <summary>How many of a flow's requests have at least that score, as if their ages were spread evenly.</summary>
    private double CountAheadIn(in FlowRecord flow, long score)
    {
        var newest = order.Score(StateOf(flow, _requests[flow.Requests.Last]), _nowTicks);
        if (newest >= score) return flow.Count;
        var oldest = order.Score(StateOf(flow, _requests[flow.Requests.First]), _nowTicks);
        return oldest < score ? 0 : flow.Count * ((double)(oldest - score) / (oldest - newest));
    }

    private bool IsOldestsTurn()
    {
        if (oldestEvery > 0 && ++_sinceOldest >= oldestEvery)
        {
            _sinceOldest = 0;
            return true;
        }
        if ((_policyShare += PolicyPercent) < 100) return true;
        _policyShare -= 100;
        return false;
    }

    private void Depart(ScheduledRequest request)
    {
        var workload = request.Workload!;
        workload.Rate.Advance(_nowTicks);
        request.WaitTicks = _nowTicks - request.ArrivalTicks;
        request.ScoreAtDispatch = order.Score(
            StateOf(workload, request.Claim, request.ArrivalTicks), _nowTicks);
        workload.RecordWait(request.WaitTicks);
        workload.QuietSinceTicks = _nowTicks;
        RekeyFlows(workload);
    }

    /// <summary>The flow, where something of it is left and its head is another now; else -1.</summary>
    private int Unqueue(ScheduledRequest request)
    {
        var slot = request.Slot;
        var flow = _requests[slot].Flow;
        ref var record = ref _flows[flow];
        var wasFirst = record.Requests.First == slot;
        _requests.Remove(slot, ref record);
        if (record.Count > 0) return wasFirst ? flow : -1;
        _constant.Remove(flow);
        _aging.Remove(flow);
        _changes.Remove(flow);
        record.Workload!.QuietSinceTicks = _nowTicks;
        _flows.Remove(flow);
        return -1;
    }

    private int BestFlow()
    {
        if (_aging.Count == 0) return _constant.Top.Flow;
        if (_constant.Count == 0) return _aging.Top.Flow;
        ref readonly var constant = ref _constant.Top;
        var aging = _aging.Top;
        aging.Key = order.AtTime(aging.Key, _nowTicks);
        return HighestFirst.Before(constant, aging) ? constant.Flow : aging.Flow;
    }

    public override bool CatchUp(long nowTicks, int most)
    {
        _nowTicks = Math.Max(_nowTicks, nowTicks);
        for (var done = 0; _changes.Count > 0 && _changes.Top.Key <= _nowTicks; done++)
        {
            if (done == most) return true;
            var flow = _changes.Top.Flow;
            var workload = _flows[flow].Workload!;
            var before = workload.Rate.Count;
            workload.Rate.Advance(_nowTicks);
            if (workload.Rate.Count == before) Place(flow);
            else RekeyFlows(workload);
        }
        return false;
    }

    private void Advance(long nowTicks) => CatchUp(nowTicks, int.MaxValue);

    private void RekeyFlows(Workload workload)
    {
        foreach (var slot in workload.Flows)
        {
            if (slot != 0) Place(slot - 1);
        }
    }

    /// <summary>Gives a flow the heap and the key that it has now, and the time when these change.</summary>
    private void Place(int flow)
    {
        ref readonly var record = ref _flows[flow];
        ref readonly var oldest = ref _requests[record.Requests.First];
        var rank = order.Rank(StateOf(record, oldest), _nowTicks);
        if (rank.IsAging)
        {
            _constant.Remove(flow);
            _aging.Set(flow, rank.Key, oldest.Sequence);
        }
        else
        {
            _aging.Remove(flow);
            _constant.Set(flow, rank.Key, oldest.Sequence);
        }
        if (rank.ChangeTicks == long.MaxValue) _changes.Remove(flow);
        else _changes.Set(flow, rank.ChangeTicks, flow);
    }

    private static FlowState StateOf(in FlowRecord flow, in RequestNode oldest) =>
        StateOf(flow.Workload!, oldest.Request!.Claim, oldest.ArrivalTicks);

    private static FlowState StateOf(Workload workload, in RequestClaim claim, long arrivalTicks) => new(
        claim, arrivalTicks, workload.AverageWaitTicks, workload.Rate.Count, workload.Rate.NextChangeTicks);
}
