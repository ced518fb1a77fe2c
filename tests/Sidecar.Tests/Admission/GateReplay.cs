using Sidecar.Admission;
using Sidecar.Admission.Plans;
using Sidecar.Scheduling.Orders;
using Sidecar.Tests.Scheduling;
using Sidecar.Workloads;

namespace Sidecar.Tests.Admission;

/// <summary>
/// Goes through a recorded history on one thread and holds each decision against the rules: the plain search for
/// the order, and plain counters for permits, limits and timeouts.
/// </summary>
internal sealed class GateReplay(GateOptions gate, WorkloadOptions workloads)
{
    private readonly PlainQueue _plain = new(new ScoreFunction(gate.Score), workloads);
    private readonly Dictionary<Waiter, long> _ranks = [];
    private readonly HashSet<Waiter> _holders = [];
    private int _limit = gate.Limit;
    private bool _isOpen = true;
    private GateMode _mode = gate.Plan.Mode;
    private int _percent = gate.Plan.EnforcePercent;
    private readonly HashSet<Waiter> _refused = [];
    private RefusalCap _cap = new();
    private long _nowTicks;
    private int _sinceOldest;
    private int _policyShare;
    private int _shedCriticality;

    public int Dispatches { get; private set; }

    public int Holders => _holders.Count;

    public int Queued => _plain.Count;

    private bool Sheds => _mode == GateMode.Enforce && _plain.Policy != GatePolicy.Fcfs;

    private bool HasRoom => _mode == GateMode.Off
        || (_isOpen && (_limit == 0 || _holders.Count < _limit)
            && _cap.HasRoom(_holders.Count, _refused.Count > 0, _nowTicks));

    /// <summary>The first decision that breaks a rule, in words, or null.</summary>
    public string? Run(IReadOnlyList<GateEvent> events)
    {
        for (var i = 0; i < events.Count; i++)
        {
            if (i > 0 && events[i].NowTicks < events[i - 1].NowTicks) return $"{i}: time ran backwards";
            var mustFollow = events[i].Kind == GateEventKind.Enqueued ? 0 : _shedCriticality;
            if (mustFollow > 0) return $"{i}: a request was shed for none";
            if (Replay(events[i]) is { } fault) return $"event {i} of {events.Count}, {events[i].Kind}: {fault}";
        }
        return null;
    }

    private string? Replay(in GateEvent e)
    {
        _nowTicks = e.NowTicks;
        switch (e.Kind)
        {
            case GateEventKind.Admitted or GateEventKind.Enqueued or GateEventKind.Refused or GateEventKind.Hopeless:
                return Arrive(e);
            case GateEventKind.Shed: return Shed(e);
            case GateEventKind.PlanSet: return Follow(e.Value);
            case GateEventKind.Dispatched: return Dispatch(e);
            case GateEventKind.Released:
                if (!_holders.Remove(e.Waiter!)) return "no permit was held";
                _refused.Remove(e.Waiter!);
                if (e.Value == 1) NoteRefused(e);
                else _cap.OnEnded(_limit, _refused.Count == 0);
                return null;
            case GateEventKind.CapLifted:
                _cap.Lift();
                return null;
            case GateEventKind.Left: return TakeOut(e);
            case GateEventKind.TimedOut or GateEventKind.Unavailable: return Expire(e);
            case GateEventKind.Returned:
                if (!_holders.Remove(e.Waiter!)) return "no permit was held";
                if (e.Value == 1) _refused.Add(e.Waiter!);
                if (e.Value == 1) NoteRefused(e);
                _plain.Enqueue(e.Waiter!, e.Workload!, e.Criticality, e.ArrivalTicks, _ranks[e.Waiter!], e.NowTicks);
                return null;
            case GateEventKind.LimitSet: _limit = e.Value; return null;
            default: _isOpen = e.Kind == GateEventKind.Opened; return null;
        }
    }

    private string? Arrive(in GateEvent e)
    {
        _ranks[e.Waiter!] = _plain.Arrive(e.Workload!, e.NowTicks);
        if (e.ArrivalTicks != e.NowTicks) return "it arrived at another time";
        if (e.Kind == GateEventKind.Hopeless) return HasRoom && _plain.Count == 0 ? "there was room" : null;
        if (e.Kind == GateEventKind.Refused)
        {
            if (_plain.Count < gate.QueueLimit) return "the queue was not full";
            return Sheds && _plain.NewestOfLeastCritical.Criticality < e.Criticality ? "another had to be shed" : null;
        }
        if (e.Kind == GateEventKind.Enqueued)
        {
            if (_shedCriticality >= e.Criticality) return "one as critical was shed for it";
            // What has returned is not held to the limit, so there may be more; one goes for one that comes.
            if (_plain.Count >= gate.QueueLimit && _shedCriticality == 0) return "the queue was full";
            _shedCriticality = 0;
            if (HasRoom && _plain.Count == 0) return "there was room";
            _plain.Enqueue(e.Waiter!, e.Workload!, e.Criticality, e.NowTicks, _ranks[e.Waiter!], e.NowTicks);
            return null;
        }
        if (!HasRoom) return "there was no room";
        if (_plain.Count > 0) return "others were queued";
        if (e.Score != _plain.ScoreOf(e.Workload!, e.Criticality, e.NowTicks, e.NowTicks)) return "the score differs";
        _plain.Sample(e.Workload!, 0, e.NowTicks);
        return _holders.Add(e.Waiter!) ? null : "it held a permit already";
    }

    private string? Dispatch(in GateEvent e)
    {
        if (!HasRoom) return "there was no room";
        var isOldestsTurn = IsOldestsTurn();
        var best = _plain.Best(e.NowTicks);
        var expected = isOldestsTurn ? _plain.Oldest : best?.Request;
        if (!ReferenceEquals(expected, e.Waiter)) return $"another had to go, oldest's turn: {isOldestsTurn}";
        if (!isOldestsTurn && best!.Value.Score != e.Score) return "the score differs";
        if (e.WaitTicks != e.NowTicks - e.ArrivalTicks) return "the wait differs";
        Dispatches++;
        _plain.Remove(e.Waiter!, e.NowTicks);
        _plain.Sample(e.Workload!, e.WaitTicks, e.NowTicks);
        return _holders.Add(e.Waiter!) ? null : "it held a permit already";
    }

    private string? Shed(in GateEvent e)
    {
        if (!Sheds || _plain.Count < gate.QueueLimit) return "nothing has to be shed";
        if (!ReferenceEquals(_plain.NewestOfLeastCritical.Request, e.Waiter)) return "another had to be shed";
        _shedCriticality = e.Criticality;
        return TakeOut(e);
    }

    private string? Follow(int plan)
    {
        var policy = (GatePolicy)(plan / 1_000 % 10);
        if (policy != _plain.Policy) (_sinceOldest, _policyShare) = (0, 0);
        (_mode, _plain.Policy, _percent) = ((GateMode)(plan / 10_000), policy, plan % 1_000);
        return null;
    }

    private bool IsOldestsTurn()
    {
        if (gate.OldestEvery > 0 && ++_sinceOldest == gate.OldestEvery)
        {
            _sinceOldest = 0;
            return true;
        }
        _policyShare += _mode == GateMode.Enforce ? _percent : 0;
        if (_policyShare < 100) return true;
        _policyShare -= 100;
        return false;
    }

    private void NoteRefused(in GateEvent e) =>
        _cap.OnRefused(_holders.Count, e.ArrivalTicks + e.WaitTicks, e.NowTicks);

    private string? TakeOut(in GateEvent e)
    {
        _refused.Remove(e.Waiter!);
        return _plain.Remove(e.Waiter!, e.NowTicks) ? null : "it was not queued";
    }

    private string? Expire(in GateEvent e)
    {
        if (_isOpen != (e.Kind == GateEventKind.TimedOut)) return "the gate stood otherwise";
        if (!ReferenceEquals(_plain.Oldest, e.Waiter)) return "an older one was queued";
        if (e.NowTicks - e.ArrivalTicks < gate.QueueTimeoutTicks) return "it was not due";
        return TakeOut(e);
    }
}
