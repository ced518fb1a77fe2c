using Sidecar.Scheduling;
using Sidecar.Scheduling.Orders;
using Sidecar.Workloads;

namespace Sidecar.Admission;

/// <summary>
/// Who holds a permit and who waits, and what each event makes of that: the rules of a <see cref="Gate"/> without its
/// lock, its clock and its wakes. Under that lock only, but for the properties, which are safe from any thread and may
/// be slightly old there. Pure; times are the clock's ticks and never go back. Allocates nothing.
/// </summary>
internal sealed class GateState(GateOptions options, IGateHistory? history)
{
    private readonly Scheduler _scheduler = options.CreateScheduler();
    private readonly DrainRate _drain = new();
    private int _limit = options.Limit;
    private int _inFlight;
    private int _queued;
    private long _nextExpiryTicks = long.MaxValue;
    private bool _isOpen = true;

    internal int InFlight => Volatile.Read(ref _inFlight);

    internal int Queued => Volatile.Read(ref _queued);

    internal int Limit => Volatile.Read(ref _limit);

    internal bool IsOpen => Volatile.Read(ref _isOpen);

    internal long NextExpiryTicks => Volatile.Read(ref _nextExpiryTicks);

    /// <summary>Whose order the queue has.</summary>
    internal Scheduler Scheduler => _scheduler;

    internal double DrainRatePerSecond(long nowTicks) => _drain.PerSecond(nowTicks);

    /// <exception cref="InvalidOperationException">The waiter is queued or holds a permit.</exception>
    internal EnterOutcome Enter(Waiter waiter, Workload workload, in RequestClaim claim, long nowTicks)
    {
        if (waiter.State is WaiterState.Queued or WaiterState.Granted) throw InWrongState(waiter);
        _scheduler.Arrive(waiter, workload, claim, nowTicks);
        // Room and a queue at once there are only while Open or SetLimit still dispatches, eight at a time: what
        // arrives meanwhile joins the queue, and is in their next eight if it matters most.
        if (HasRoom && _scheduler.Queued == 0)
        {
            _scheduler.Admit(waiter, nowTicks);
            Grant(waiter, nowTicks, GateEventKind.Admitted);
            return EnterOutcome.Granted;
        }
        if (_scheduler.Queued >= options.QueueLimit)
        {
            waiter.State = WaiterState.Idle;
            history?.Record(GateEventKind.Refused, waiter, nowTicks, 0);
            return EnterOutcome.QueueFull;
        }
        Enqueue(waiter, nowTicks, GateEventKind.Enqueued);
        return EnterOutcome.Queued;
    }

    /// <summary>False where the waiter was not queued.</summary>
    internal bool Leave(Waiter waiter, long nowTicks)
    {
        if (waiter.State != WaiterState.Queued) return false;
        _scheduler.Remove(waiter, nowTicks);
        waiter.State = WaiterState.Idle;
        history?.Record(GateEventKind.Left, waiter, nowTicks, 0);
        return true;
    }

    /// <exception cref="InvalidOperationException">The waiter holds no permit.</exception>
    internal void Release(Waiter waiter, long nowTicks)
    {
        TakePermitBack(waiter);
        waiter.State = WaiterState.Idle;
        history?.Record(GateEventKind.Released, waiter, nowTicks, 0);
    }

    /// <exception cref="InvalidOperationException">The waiter holds no permit.</exception>
    internal void ReturnToQueue(Waiter waiter, long nowTicks)
    {
        TakePermitBack(waiter);
        _drain.Count(nowTicks, -1);
        Enqueue(waiter, nowTicks, GateEventKind.Returned);
    }

    internal void SetOpen(bool isOpen, long nowTicks)
    {
        Volatile.Write(ref _isOpen, isOpen);
        history?.Record(isOpen ? GateEventKind.Opened : GateEventKind.Closed, null, nowTicks, 0);
    }

    internal void SetLimit(int limit, long nowTicks)
    {
        Volatile.Write(ref _limit, limit);
        history?.Record(GateEventKind.LimitSet, null, nowTicks, limit);
    }

    /// <summary>Dispatches while there is room, as many as the batch takes.</summary>
    internal void Fill(ref WakeBatch woken, long nowTicks)
    {
        while (HasRoom && !woken.IsFull && _scheduler.Dispatch(nowTicks) is Waiter next)
        {
            Grant(next, nowTicks, GateEventKind.Dispatched);
            woken.Add(next);
        }
    }

    /// <summary>Takes out of the queue what has reached the queue timeout, oldest first; how many.</summary>
    internal int Expire(ref WakeBatch woken, int most, long nowTicks)
    {
        if (options.QueueTimeoutTicks == 0) return 0;
        var expired = 0;
        while (expired < most && !woken.IsFull && _scheduler.OldestArrivalTicks <= nowTicks - options.QueueTimeoutTicks)
        {
            var waiter = (Waiter)_scheduler.Oldest!;
            _scheduler.Remove(waiter, nowTicks);
            history?.Record(_isOpen ? GateEventKind.TimedOut : GateEventKind.Unavailable, waiter, nowTicks, 0);
            waiter.State = _isOpen ? WaiterState.TimedOut : WaiterState.Unavailable;
            woken.Add(waiter);
            expired++;
        }
        return expired;
    }

    /// <summary>Last under the lock: makes the queue's length and next expiry known outside.</summary>
    internal void Publish()
    {
        var oldestTicks = _scheduler.OldestArrivalTicks;
        Volatile.Write(ref _queued, _scheduler.Queued);
        Volatile.Write(ref _nextExpiryTicks, options.QueueTimeoutTicks == 0 || oldestTicks == long.MaxValue
            ? long.MaxValue
            : oldestTicks + options.QueueTimeoutTicks);
    }

    private bool HasRoom => _isOpen && (_limit == 0 || _inFlight < _limit);

    private void Grant(Waiter waiter, long nowTicks, GateEventKind kind)
    {
        _inFlight++;
        _drain.Count(nowTicks, 1);
        history?.Record(kind, waiter, nowTicks, 0);
        // Last: from here on the owner may act on what the grant has written.
        waiter.State = WaiterState.Granted;
    }

    private void Enqueue(Waiter waiter, long nowTicks, GateEventKind kind)
    {
        _scheduler.Enqueue(waiter, nowTicks);
        waiter.State = WaiterState.Queued;
        history?.Record(kind, waiter, nowTicks, 0);
    }

    private void TakePermitBack(Waiter waiter)
    {
        if (waiter.State != WaiterState.Granted) throw InWrongState(waiter);
        _inFlight--;
    }

    private static InvalidOperationException InWrongState(Waiter waiter) =>
        new($"The waiter is {waiter.State}: one request at a time, and each permit is released once.");
}
