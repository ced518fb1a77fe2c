using Sidecar.Admission.Plans;
using Sidecar.Scheduling;
using Sidecar.Scheduling.Orders;
using Sidecar.Workloads;

namespace Sidecar.Admission;

/// <summary>
/// Who holds a permit and who waits, and what each event makes of that: the rules of a <see cref="Gate"/> without its
/// lock, its clock and its wakes. Under that lock only, but for the properties, which are safe from any thread and may
/// be slightly old there. Pure; times are the clock's ticks and never go back. Allocates nothing but for a
/// <see cref="ShadowQueue"/>, and where the plan changes.
/// </summary>
internal sealed class GateState
{
    private readonly GateOptions _options;
    private readonly IGateHistory? _history;
    private Scheduler _scheduler;
    private GatePlan _plan;
    private ShadowQueue? _shadow;
    private int _limit;
    private RefusalCap _cap = new();
    private int _capMax = RefusalCap.None;
    private int _refused;
    private int _inFlight;
    private int _queued;
    private long _nextExpiryTicks = long.MaxValue;
    private bool _isOpen = true;
    private bool _isOff;

    internal GateState(GateOptions options, IGateHistory? history)
    {
        (_options, _history, _limit) = (options, history, options.Limit);
        Forecast = new WaitForecast(options);
        _scheduler = options.CreateScheduler(options.Plan.Policy);
        _plan = options.Plan;
        Follow(nowTicks: 0);
    }

    internal int InFlight => Volatile.Read(ref _inFlight);

    internal int Queued => Volatile.Read(ref _queued);

    internal int Limit => Volatile.Read(ref _limit);

    /// <summary>The model server refuses more; <see cref="RefusalCap.None"/> where it has not lately.</summary>
    internal int CapMax => Volatile.Read(ref _capMax);

    internal bool IsOpen => Volatile.Read(ref _isOpen);

    internal bool IsOff => Volatile.Read(ref _isOff);

    internal long NextExpiryTicks => Volatile.Read(ref _nextExpiryTicks);

    /// <summary>Whose order the queue has.</summary>
    internal Scheduler Scheduler => _scheduler;

    internal WaitForecast Forecast { get; }

    internal GatePlan Plan => _plan;

    /// <summary>By criticality less 1; empty where no policy is in the shadow.</summary>
    internal ReadOnlySpan<ShadowGain> Gains => _shadow is null ? [] : _shadow.Gains;

    /// <summary>A request that would time out in the queue is refused at once; off in tests that judge it.</summary>
    internal bool RefusesHopeless { get; set; } = true;

    /// <exception cref="InvalidOperationException">The waiter is queued or holds a permit.</exception>
    internal EnterOutcome Enter(
        Waiter waiter, Workload workload, in RequestClaim claim, ref WakeBatch woken, long nowTicks)
    {
        if (waiter.State is WaiterState.Queued or WaiterState.Granted) throw InWrongState(waiter);
        _shadow?.OnArrived(waiter, workload, claim, nowTicks);
        _scheduler.Arrive(waiter, workload, claim, nowTicks);
        Forecast.OnArrived(claim.Criticality, nowTicks);
        // Room and a queue at once there are only while Open or SetLimit still dispatches, eight at a time: what
        // arrives meanwhile joins the queue, and is in their next eight if it matters most.
        if (HasRoom(nowTicks) && _scheduler.Queued == 0)
        {
            _shadow?.OnEnqueued(waiter, nowTicks);
            _scheduler.Admit(waiter, nowTicks);
            Grant(waiter, nowTicks, GateEventKind.Admitted);
            return EnterOutcome.Granted;
        }
        if (IsHopeless(waiter, nowTicks))
            return Refuse(waiter, EnterOutcome.Hopeless, GateEventKind.Hopeless, nowTicks);
        if (_scheduler.Queued >= _options.QueueLimit && !TryShedFor(claim, ref woken, nowTicks))
            return Refuse(waiter, EnterOutcome.QueueFull, GateEventKind.Refused, nowTicks);
        _shadow?.OnEnqueued(waiter, nowTicks);
        Enqueue(waiter, nowTicks, GateEventKind.Enqueued);
        return EnterOutcome.Queued;
    }

    /// <summary>False where the waiter was not queued.</summary>
    internal bool Leave(Waiter waiter, long nowTicks)
    {
        if (waiter.State != WaiterState.Queued) return false;
        TakeOut(waiter, WaiterState.Idle, GateEventKind.Left, nowTicks);
        return true;
    }

    /// <exception cref="InvalidOperationException">The waiter holds no permit.</exception>
    internal void Release(Waiter waiter, bool isFull, long nowTicks)
    {
        TakePermitBack(waiter);
        Forget(waiter);
        if (isFull) _cap.OnRefused(_inFlight, SentTicks(waiter), nowTicks);
        else _cap.OnEnded(_limit, mayTry: _refused == 0);
        waiter.State = WaiterState.Idle;
        _history?.Record(GateEventKind.Released, waiter, nowTicks, isFull ? 1 : 0);
        if (_scheduler.Queued == 0) _shadow?.OnIdle(_inFlight, nowTicks);
    }

    /// <inheritdoc cref="Gate.ReturnToQueue"/>
    internal void ReturnToQueue(Waiter waiter, bool isFull, long nowTicks)
    {
        TakePermitBack(waiter);
        if (isFull)
        {
            Forget(waiter);
            (waiter.WasRefused, _refused) = (true, _refused + 1);
            _cap.OnRefused(_inFlight, SentTicks(waiter), nowTicks);
        }
        Forecast.OnDispatched(nowTicks, -1);
        _shadow?.OnReturned(waiter);
        Enqueue(waiter, nowTicks, GateEventKind.Returned, isFull ? 1 : 0);
    }

    /// <summary>The model server's refusals turned out to mean something else.</summary>
    internal void LiftCap(long nowTicks)
    {
        _cap.Lift();
        _history?.Record(GateEventKind.CapLifted, null, nowTicks, 0);
    }

    internal void SetOpen(bool isOpen, long nowTicks)
    {
        Volatile.Write(ref _isOpen, isOpen);
        _history?.Record(isOpen ? GateEventKind.Opened : GateEventKind.Closed, null, nowTicks, 0);
    }

    internal void SetLimit(int limit, long nowTicks)
    {
        Volatile.Write(ref _limit, limit);
        _history?.Record(GateEventKind.LimitSet, null, nowTicks, limit);
    }

    /// <summary>Goes on by another plan; what is queued stays, and a shadow begins anew.</summary>
    internal void SetPlan(GatePlan plan, long nowTicks)
    {
        if (plan.Policy != _plan.Policy)
        {
            var next = _options.CreateScheduler(plan.Policy);
            _scheduler.MoveTo(next, nowTicks);
            _scheduler = next;
        }
        _plan = plan;
        Follow(nowTicks);
        var value = (int)plan.Mode * 10_000 + (int)plan.Policy * 1_000 + plan.EnforcePercent;
        _history?.Record(GateEventKind.PlanSet, null, nowTicks, value);
    }

    /// <summary>Dispatches while there is room, as many as the batch takes.</summary>
    internal void Fill(ref WakeBatch woken, long nowTicks)
    {
        while (HasRoom(nowTicks) && !woken.IsFull && _scheduler.Dispatch(nowTicks) is Waiter next)
        {
            Grant(next, nowTicks, GateEventKind.Dispatched);
            woken.Add(next);
        }
    }

    /// <summary>Takes out of the queue what has reached the queue timeout, oldest first; how many.</summary>
    internal int Expire(ref WakeBatch woken, int most, long nowTicks)
    {
        if (_options.QueueTimeoutTicks == 0) return 0;
        var dueTicks = nowTicks - _options.QueueTimeoutTicks;
        var expired = 0;
        for (; expired < most && !woken.IsFull && _scheduler.OldestArrivalTicks <= dueTicks; expired++)
        {
            var waiter = (Waiter)_scheduler.Oldest!;
            if (_isOpen) TakeOut(waiter, WaiterState.TimedOut, GateEventKind.TimedOut, nowTicks);
            else TakeOut(waiter, WaiterState.Unavailable, GateEventKind.Unavailable, nowTicks);
            woken.Add(waiter);
        }
        _shadow?.Expire(nowTicks);
        return expired;
    }

    /// <summary>Last under the lock: makes the queue's length and next expiry known outside.</summary>
    internal void Publish()
    {
        var oldestTicks = _scheduler.OldestArrivalTicks;
        Volatile.Write(ref _queued, _scheduler.Queued);
        Volatile.Write(ref _capMax, _cap.Max);
        Volatile.Write(ref _nextExpiryTicks, _options.QueueTimeoutTicks == 0 || oldestTicks == long.MaxValue
            ? long.MaxValue
            : oldestTicks + _options.QueueTimeoutTicks);
    }

    private bool HasRoom(long nowTicks) => _isOff
        || (_isOpen && (_limit == 0 || _inFlight < _limit) && _cap.HasRoom(_inFlight, _refused > 0, nowTicks));

    private void Follow(long nowTicks)
    {
        _scheduler.PolicyPercent = _plan.PolicyPercent;
        Forecast.Follow(_scheduler);
        Volatile.Write(ref _isOff, _plan.Mode == GateMode.Off);
        _shadow = null;
        if (_plan.Mode != GateMode.Shadow) return;
        _shadow = new ShadowQueue(_options.CreateScheduler(_plan.Policy), _options.QueueTimeoutTicks);
        foreach (var request in _scheduler.ByArrival()) _shadow.Adopt((Waiter)request, nowTicks);
    }

    private bool IsHopeless(Waiter waiter, long nowTicks)
    {
        if (!RefusesHopeless || !_isOpen) return false;
        var aheadMax = Forecast.AheadMax(waiter.Criticality, nowTicks);
        return _scheduler.Queued > aheadMax
            && _scheduler.CountAhead(waiter.Workload!, waiter.Claim, nowTicks) > aheadMax;
    }

    /// <summary>Makes room in the full queue for a more critical request.</summary>
    private bool TryShedFor(in RequestClaim claim, ref WakeBatch woken, long nowTicks)
    {
        if (_plan.Mode != GateMode.Enforce || !_scheduler.HeedsCriticality) return false;
        if (_scheduler.NewestOfLeastCritical is not Waiter least) return false;
        if (least.Criticality >= claim.Criticality) return false;
        TakeOut(least, WaiterState.Shed, GateEventKind.Shed, nowTicks);
        woken.Add(least);
        return true;
    }

    private EnterOutcome Refuse(Waiter waiter, EnterOutcome outcome, GateEventKind kind, long nowTicks)
    {
        waiter.State = WaiterState.Idle;
        _shadow?.OnRefused(waiter);
        _history?.Record(kind, waiter, nowTicks, 0);
        return outcome;
    }

    private void Grant(Waiter waiter, long nowTicks, GateEventKind kind)
    {
        _inFlight++;
        Forecast.OnDispatched(nowTicks, 1);
        _shadow?.OnGranted(waiter, nowTicks);
        _history?.Record(kind, waiter, nowTicks, 0);
        // Last: from here on the owner may act on what the grant has written.
        waiter.State = WaiterState.Granted;
    }

    private void Enqueue(Waiter waiter, long nowTicks, GateEventKind kind, int value = 0)
    {
        _scheduler.Enqueue(waiter, nowTicks);
        waiter.State = WaiterState.Queued;
        _history?.Record(kind, waiter, nowTicks, value);
    }

    private void TakeOut(Waiter waiter, WaiterState state, GateEventKind kind, long nowTicks)
    {
        _scheduler.Remove(waiter, nowTicks);
        Forget(waiter);
        _shadow?.OnLeft(waiter, nowTicks);
        _history?.Record(kind, waiter, nowTicks, 0);
        waiter.State = state;
    }

    private void Forget(Waiter waiter)
    {
        if (waiter.WasRefused) _refused--;
        waiter.WasRefused = false;
    }

    private static long SentTicks(Waiter waiter) => waiter.ArrivalTicks + waiter.WaitTicks;

    private void TakePermitBack(Waiter waiter)
    {
        if (waiter.State != WaiterState.Granted) throw InWrongState(waiter);
        _inFlight--;
    }

    private static InvalidOperationException InWrongState(Waiter waiter) =>
        new($"The waiter is {waiter.State}: one request at a time, and each permit is released once.");
}
