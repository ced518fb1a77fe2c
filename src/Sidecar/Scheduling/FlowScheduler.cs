using Sidecar.Workloads;

namespace Sidecar.Scheduling;

/// <summary>
/// Queued requests and the choice among them: at every dispatch no other queued request has a higher score at that
/// instant, nor the same score and an earlier arrival; but every n-th dispatch takes the oldest, so that one with k
/// older ones before it is dispatched within n * (k + 1) dispatches, whatever else arrives (older ones that return
/// to the queue count among the k from then on). Pure and deterministic: no lock and no clock; one thread at a time,
/// with times that do not run backwards (an earlier one counts as the latest). Each operation is O(log flows) and
/// as much again for each flow that time has made due, and nothing is allocated but when the arrays grow. A workload
/// belongs to one scheduler.
/// </summary>
/// <remarks>
/// All requests of a flow (a workload's of one criticality) differ only in age, so a flow stands for its oldest.
/// Scores move with time only while a flow's age leads and is below the horizon, and then all at the same pace; an
/// average fades only while its workload has no flow, so that takes no part here.
/// Hence two heaps with constant keys: <c>_constant</c> (the average leads, or the wait is saturated) by the score,
/// and <c>_aging</c> by the score less what time adds. A third one holds for each flow when it has to change over,
/// or the rate of its workload falls; all that is due there is done before anything else. So when a request arrives,
/// every flow in <c>_aging</c> is younger than the horizon; and until the next one arrives, only such join it as
/// arrived before, and are younger than the horizon even later. All in it arrived within one horizon of each other,
/// so their keys differ by less than two scores can, 2^61, however long nothing was asked.
/// </remarks>
internal sealed class FlowScheduler(ScoreFunction score, int oldestEvery)
{
    private readonly FlowTable _flows = new();
    private readonly RequestTable _requests = new();
    private readonly IndexedHeap<HighestFirst> _constant = new();
    private readonly IndexedHeap<HighestFirstModulo> _aging = new();
    private readonly IndexedHeap<LowestFirst> _changes = new();
    private long _nowTicks;
    private long _sequence;
    private int _sinceOldest;

    public int Queued => _requests.Count;

    public int FlowCount => _flows.Count;

    /// <summary>The earliest arrival that is queued, or null.</summary>
    public ScheduledRequest? Oldest => _requests.First < 0 ? null : _requests[_requests.First].Request;

    /// <summary>Arrival of <see cref="Oldest"/>; the largest long where nothing is queued.</summary>
    public long OldestArrivalTicks => _requests.First < 0 ? long.MaxValue : _requests[_requests.First].ArrivalTicks;

    /// <summary>A request that arrives: it counts in its workload's rate, whatever becomes of it.</summary>
    public void Arrive(ScheduledRequest request, Workload workload, int criticality, long nowTicks)
    {
        Advance(nowTicks);
        request.Workload = workload;
        request.Criticality = criticality;
        request.ArrivalTicks = _nowTicks;
        request.Sequence = ++_sequence;
        workload.FadeAverage(_nowTicks);
        workload.Rate.Add(_nowTicks);
        RekeyFlows(workload);
    }

    /// <summary>Dispatches an arrived request without queueing it: a wait of 0.</summary>
    public void Admit(ScheduledRequest request, long nowTicks)
    {
        Advance(nowTicks);
        Depart(request);
    }

    /// <summary>
    /// Queues a request that has arrived, or one that was dispatched and comes back: that one goes to its old place,
    /// by its arrival.
    /// </summary>
    public void Enqueue(ScheduledRequest request, long nowTicks)
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
        if (record.First != request.Slot) return;
        // Only a workload without any flow can be behind: the others change when they are due.
        workload.Rate.Advance(_nowTicks);
        Place(flow);
    }

    /// <summary>Takes the next request by the rule, or null where nothing is queued.</summary>
    public ScheduledRequest? Dispatch(long nowTicks)
    {
        Advance(nowTicks);
        if (_requests.Count == 0) return null;
        ScheduledRequest request;
        if (oldestEvery > 0 && ++_sinceOldest >= oldestEvery)
        {
            _sinceOldest = 0;
            request = Oldest!;
        }
        else
        {
            request = _requests[_flows[BestFlow()].First].Request!;
        }
        Unqueue(request);
        Depart(request);
        return request;
    }

    /// <summary>Takes a queued request out; it gives no wait sample.</summary>
    public void Remove(ScheduledRequest request, long nowTicks)
    {
        Advance(nowTicks);
        var flow = Unqueue(request);
        if (flow >= 0) Place(flow);
    }

    /// <summary>Appends all flows as they stand, in no order.</summary>
    public void CopyTo(List<FlowView> destination, long nowTicks)
    {
        Advance(nowTicks);
        for (var slot = _requests.First; slot >= 0; slot = _requests[slot].Later)
        {
            ref var flow = ref _flows[_requests[slot].Flow];
            if (flow.First != slot) continue;
            var workload = flow.Workload!;
            destination.Add(new FlowView(workload, flow.Criticality, flow.Count,
                _nowTicks - _requests[slot].ArrivalTicks, workload.AverageWaitTicks, workload.Rate.Count));
        }
    }

    private void Depart(ScheduledRequest request)
    {
        var workload = request.Workload!;
        workload.Rate.Advance(_nowTicks);
        request.WaitTicks = _nowTicks - request.ArrivalTicks;
        request.ScoreAtDispatch = score.Score(
            request.Criticality, workload.AverageWaitTicks, request.WaitTicks, workload.Rate.Count);
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
        var wasFirst = record.First == slot;
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
        aging.Key = score.AtTime(aging.Key, _nowTicks);
        return HighestFirst.Before(constant, aging) ? constant.Flow : aging.Flow;
    }

    /// <summary>
    /// Does some of what time has made due, which every operation would else do first, and in full.
    /// </summary>
    /// <returns>Whether more is due.</returns>
    public bool CatchUp(long nowTicks, int most)
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
        ref readonly var oldest = ref _requests[record.First];
        var workload = record.Workload!;
        var average = workload.AverageWaitTicks;
        var arrivals = workload.Rate.Count;
        var ageTicks = _nowTicks - oldest.ArrivalTicks;
        var horizon = score.HorizonTicks;
        var changeTicks = workload.Rate.NextChangeTicks;
        if (ageTicks >= average && ageTicks < horizon)
        {
            _constant.Remove(flow);
            _aging.Set(flow, score.AgingKey(record.Criticality, oldest.ArrivalTicks, arrivals), oldest.Sequence);
            changeTicks = Math.Min(changeTicks, oldest.ArrivalTicks + horizon);
        }
        else
        {
            _aging.Remove(flow);
            _constant.Set(flow, score.Score(record.Criticality, average, ageTicks, arrivals), oldest.Sequence);
            if (ageTicks < horizon && average < horizon)
                changeTicks = Math.Min(changeTicks, oldest.ArrivalTicks + average);
        }
        if (changeTicks == long.MaxValue) _changes.Remove(flow);
        else _changes.Set(flow, changeTicks, flow);
    }
}
