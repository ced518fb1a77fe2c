using Sidecar.Primitives;
using Sidecar.Scheduling;
using Sidecar.Scheduling.Orders;
using Sidecar.Workloads;

namespace Sidecar.Admission;

/// <summary>
/// Holds back what the model server has no room for, and sends next what matters most. At most <see cref="Limit"/>
/// permits are out, each held by one <see cref="Waiter"/> from its grant until its release; whenever the gate is
/// open and a permit is free, nothing is queued. Safe from any thread: one lock, held for a few hundred nanoseconds,
/// under which the time is read too. Waiters are woken outside it, and never resumed by the gate. Allocates nothing
/// per request. The queue is bounded by <see cref="GateOptions.QueueLimit"/>, and what returns to it by the permits.
/// </summary>
public sealed class Gate
{
    private const int RetryAfterSecondsMax = 60;

    /// <summary>
    /// Changes of order that <see cref="Expire"/> makes before it lets others at the lock: about 5 us.
    /// </summary>
    private const int CatchUpBatch = 32;

    private readonly GateOptions _options;
    private readonly MonotonicClock _clock;
    private readonly IGateHistory? _history;
    private readonly Lock _lock = new();
    private readonly Scheduler _scheduler;
    private readonly DrainRate _drain = new();
    private int _limit;
    private int _inFlight;
    private int _queued;
    private long _nextExpiryTicks = long.MaxValue;
    private bool _isOpen = true;

    /// <exception cref="ArgumentOutOfRangeException">An option lies outside its bounds.</exception>
    public Gate(GateOptions options, MonotonicClock clock)
        : this(options, clock, null)
    {
    }

    internal Gate(GateOptions options, MonotonicClock clock, IGateHistory? history)
    {
        options.Validate();
        _options = options;
        _clock = clock;
        _history = history;
        _limit = options.Limit;
        _scheduler = options.CreateScheduler();
    }

    /// <summary>Permits out. A request that was refused by the model server and returned holds none.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    public int Queued => Volatile.Read(ref _queued);

    /// <summary>Most permits out; 0 for no limit.</summary>
    public int Limit => Volatile.Read(ref _limit);

    public bool IsOpen => Volatile.Read(ref _isOpen);

    /// <summary>
    /// When the next queued request reaches the queue timeout, in the clock's ticks; the largest long while none
    /// can. May be read at any time and be slightly old.
    /// </summary>
    public long NextExpiryTicks => Volatile.Read(ref _nextExpiryTicks);

    /// <summary>Dispatches per second, lately.</summary>
    public double DrainRatePerSecond
    {
        get
        {
            lock (_lock) return _drain.PerSecond(_clock.NowTicks);
        }
    }

    /// <summary>
    /// When a refused client should come back: the time that the queue and itself take at the present drain rate,
    /// in whole seconds, 1 to 60; 60 while nothing drains.
    /// </summary>
    public int RetryAfterSeconds
    {
        get
        {
            var queued = Queued;
            if (queued == 0 && IsOpen) return 1;
            var seconds = Math.Ceiling((queued + 1) / DrainRatePerSecond);
            return seconds < RetryAfterSecondsMax ? Math.Max(1, (int)seconds) : RetryAfterSecondsMax;
        }
    }

    /// <summary>A request arrives; it counts in its workload's rate in every case.</summary>
    /// <param name="waiter">Not queued and holding no permit.</param>
    /// <param name="workload">Entered in the registry, and left there only after the request has ended here.</param>
    /// <param name="claim">Of a criticality from 1 to 5.</param>
    /// <exception cref="InvalidOperationException">The waiter is queued or holds a permit.</exception>
    public EnterOutcome Enter(Waiter waiter, Workload workload, in RequestClaim claim)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(claim.Criticality, WorkloadContext.CriticalityMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(claim.Criticality, WorkloadContext.CriticalityMax);
        lock (_lock)
        {
            if (waiter.State is WaiterState.Queued or WaiterState.Granted) throw InWrongState(waiter);
            var nowTicks = _clock.NowTicks;
            _scheduler.Arrive(waiter, workload, claim, nowTicks);
            var outcome = Admit(waiter, nowTicks);
            Publish();
            return outcome;
        }
    }

    /// <summary>
    /// The client left. True where the request was queued and is out of the queue now. False where it holds a
    /// permit, which is then the caller's to release, or had ended before.
    /// </summary>
    public bool Leave(Waiter waiter)
    {
        lock (_lock)
        {
            if (waiter.State != WaiterState.Queued) return false;
            var nowTicks = _clock.NowTicks;
            _scheduler.Remove(waiter, nowTicks);
            waiter.State = WaiterState.Idle;
            _history?.Record(GateEventKind.Left, waiter, nowTicks, 0);
            Publish();
            return true;
        }
    }

    /// <summary>Gives the permit back; the next request is dispatched where the gate is open.</summary>
    /// <exception cref="InvalidOperationException">The waiter holds no permit: it was released before.</exception>
    public void Release(Waiter waiter)
    {
        WakeBatch woken = default;
        lock (_lock)
        {
            var nowTicks = _clock.NowTicks;
            TakePermitBack(waiter);
            waiter.State = WaiterState.Idle;
            _history?.Record(GateEventKind.Released, waiter, nowTicks, 0);
            Fill(ref woken, nowTicks);
            Publish();
        }
        WakeAll(ref woken);
    }

    /// <summary>
    /// The request could not be sent: the permit comes back, and the request returns to its place by its first arrival,
    /// without a limit and without a wait sample (that of the dispatch that came to nothing stays). Where the gate is
    /// open, it or another is dispatched at once.
    /// </summary>
    /// <exception cref="InvalidOperationException">The waiter holds no permit.</exception>
    public void ReturnToQueue(Waiter waiter)
    {
        WakeBatch woken = default;
        lock (_lock)
        {
            var nowTicks = _clock.NowTicks;
            TakePermitBack(waiter);
            _drain.Count(nowTicks, -1);
            _scheduler.Enqueue(waiter, nowTicks);
            waiter.State = WaiterState.Queued;
            _history?.Record(GateEventKind.Returned, waiter, nowTicks, 0);
            Fill(ref woken, nowTicks);
            Publish();
        }
        WakeAll(ref woken);
    }

    /// <summary>The model server is there again: dispatches as much as there is room for.</summary>
    public void Open()
    {
        WakeBatch woken = default;
        lock (_lock)
        {
            var nowTicks = _clock.NowTicks;
            Volatile.Write(ref _isOpen, true);
            _history?.Record(GateEventKind.Opened, null, nowTicks, 0);
            Fill(ref woken, nowTicks);
            Publish();
        }
        WakeAll(ref woken);
    }

    /// <summary>The model server is not there: nothing is dispatched until <see cref="Open"/>.</summary>
    public void Close()
    {
        lock (_lock)
        {
            Volatile.Write(ref _isOpen, false);
            _history?.Record(GateEventKind.Closed, null, _clock.NowTicks, 0);
        }
    }

    /// <summary>
    /// Changes the limit. More room is used at once; less takes no permit back, but grants none until enough have
    /// been released.
    /// </summary>
    /// <param name="limit">0 for no limit.</param>
    public void SetLimit(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        WakeBatch woken = default;
        lock (_lock)
        {
            var nowTicks = _clock.NowTicks;
            Volatile.Write(ref _limit, limit);
            _history?.Record(GateEventKind.LimitSet, null, nowTicks, limit);
            Fill(ref woken, nowTicks);
            Publish();
        }
        WakeAll(ref woken);
    }

    /// <summary>
    /// Ends what has reached the queue timeout, oldest first, and wakes it; the lock is let go after every eight.
    /// Also brings the order up to date in small steps: called every 100 ms or so, it spares a dispatch that comes
    /// after a quiet time to do so for thousands of flows at once.
    /// </summary>
    /// <param name="most">Most requests in this call.</param>
    /// <returns>How many; <paramref name="most"/> means that more may be due.</returns>
    public int Expire(int most)
    {
        for (var isBehind = true; isBehind;)
        {
            lock (_lock) isBehind = _scheduler.CatchUp(_clock.NowTicks, CatchUpBatch);
        }
        var expired = 0;
        while (expired < most)
        {
            WakeBatch woken = default;
            var before = expired;
            lock (_lock)
            {
                var nowTicks = _clock.NowTicks;
                while (expired < most && !woken.IsFull && _scheduler.OldestArrivalTicks <= DueArrival(nowTicks))
                {
                    woken.Add(ExpireOldest(nowTicks));
                    expired++;
                }
                Publish();
            }
            woken.Wake();
            if (expired == before) break;
        }
        return expired;
    }

    /// <summary>
    /// The queue as it stands, for people. Allocates, and holds the lock while it copies the flows, some 20 ns for
    /// each request queued: not for a hot path.
    /// </summary>
    public QueueSnapshot Snapshot()
    {
        var flows = new List<FlowView>();
        int limit, inFlight, queued;
        bool isOpen;
        // Room is made before the lock is taken; a queue that grew meanwhile only costs a longer hold.
        flows.EnsureCapacity(Queued);
        lock (_lock)
        {
            _scheduler.CopyTo(flows, _clock.NowTicks);
            (limit, inFlight, queued, isOpen) = (_limit, _inFlight, _queued, _isOpen);
        }
        return new QueueSnapshot(limit, inFlight, queued, isOpen, FlowRanking.Highest(flows, _scheduler));
    }

    private bool HasRoom => _isOpen && (_limit == 0 || _inFlight < _limit);

    // Room and a queue at once there are only while Open or SetLimit still dispatches, eight at a time: what arrives
    // meanwhile joins the queue, and is in their next eight if it matters most.
    private EnterOutcome Admit(Waiter waiter, long nowTicks)
    {
        if (HasRoom && _scheduler.Queued == 0)
        {
            _scheduler.Admit(waiter, nowTicks);
            Grant(waiter, nowTicks, GateEventKind.Admitted);
            return EnterOutcome.Granted;
        }
        if (_scheduler.Queued >= _options.QueueLimit)
        {
            waiter.State = WaiterState.Idle;
            _history?.Record(GateEventKind.Refused, waiter, nowTicks, 0);
            return EnterOutcome.QueueFull;
        }
        _scheduler.Enqueue(waiter, nowTicks);
        waiter.State = WaiterState.Queued;
        _history?.Record(GateEventKind.Enqueued, waiter, nowTicks, 0);
        return EnterOutcome.Queued;
    }

    private void Fill(ref WakeBatch woken, long nowTicks)
    {
        while (HasRoom && !woken.IsFull && _scheduler.Dispatch(nowTicks) is Waiter next)
        {
            Grant(next, nowTicks, GateEventKind.Dispatched);
            woken.Add(next);
        }
    }

    private void Grant(Waiter waiter, long nowTicks, GateEventKind kind)
    {
        _inFlight++;
        _drain.Count(nowTicks, 1);
        _history?.Record(kind, waiter, nowTicks, 0);
        // Last: from here on the owner may act on what the grant has written.
        waiter.State = WaiterState.Granted;
    }

    private void TakePermitBack(Waiter waiter)
    {
        if (waiter.State != WaiterState.Granted) throw InWrongState(waiter);
        _inFlight--;
    }

    private Waiter ExpireOldest(long nowTicks)
    {
        var waiter = (Waiter)_scheduler.Oldest!;
        _scheduler.Remove(waiter, nowTicks);
        _history?.Record(_isOpen ? GateEventKind.TimedOut : GateEventKind.Unavailable, waiter, nowTicks, 0);
        waiter.State = _isOpen ? WaiterState.TimedOut : WaiterState.Unavailable;
        return waiter;
    }

    private long DueArrival(long nowTicks) =>
        _options.QueueTimeoutTicks == 0 ? long.MinValue : nowTicks - _options.QueueTimeoutTicks;

    private void Publish()
    {
        var oldestTicks = _scheduler.OldestArrivalTicks;
        Volatile.Write(ref _queued, _scheduler.Queued);
        Volatile.Write(ref _nextExpiryTicks, _options.QueueTimeoutTicks == 0 || oldestTicks == long.MaxValue
            ? long.MaxValue
            : oldestTicks + _options.QueueTimeoutTicks);
    }

    private void WakeAll(ref WakeBatch woken)
    {
        woken.Wake();
        // A full batch may have left room for more.
        while (woken.IsFull)
        {
            woken = default;
            lock (_lock)
            {
                Fill(ref woken, _clock.NowTicks);
                Publish();
            }
            woken.Wake();
        }
    }

    private static InvalidOperationException InWrongState(Waiter waiter) =>
        new($"The waiter is {waiter.State}: one request at a time, and each permit is released once.");
}
