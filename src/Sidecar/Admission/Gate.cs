using Sidecar.Admission.Plans;
using Sidecar.Primitives;
using Sidecar.Scheduling;
using Sidecar.Scheduling.Orders;
using Sidecar.Workloads;

namespace Sidecar.Admission;

/// <summary>
/// Holds back what the model server has no room for, and sends next what matters most. At most <see cref="Limit"/>
/// permits are out, each held by one <see cref="Waiter"/> from its grant until its release; whenever the gate is
/// open and a permit is free, nothing is queued, but for a while after a model server refused a request. Safe from
/// any thread: one lock, held for a few hundred nanoseconds, under which the time is read too. Waiters are woken
/// outside it, and never resumed by the gate. Allocates nothing per request. The queue is bounded by
/// <see cref="GateOptions.QueueLimit"/>, and what returns to it by the permits.
/// What each event does is <see cref="GateState"/>'s.
/// </summary>
public sealed class Gate
{
    /// <summary>
    /// Changes of order that <see cref="Expire"/> makes before it lets others at the lock: about 5 us.
    /// </summary>
    private const int CatchUpBatch = 32;

    private readonly MonotonicClock _clock;
    private readonly Lock _lock = new();
    private readonly GateState _state;

    /// <exception cref="ArgumentOutOfRangeException">An option lies outside its bounds.</exception>
    public Gate(GateOptions options, MonotonicClock clock)
        : this(options, clock, null)
    {
    }

    internal Gate(GateOptions options, MonotonicClock clock, IGateHistory? history)
    {
        options.Validate();
        (_clock, _state) = (clock, new GateState(options, history));
    }

    /// <summary>Permits out. A request that was refused by the model server and returned holds none.</summary>
    public int InFlight => _state.InFlight;

    public int Queued => _state.Queued;

    /// <summary>Most permits out; 0 for no limit. What the model server refuses counts.</summary>
    public int Limit => IsCapped && (_state.Limit == 0 || _state.CapMax < _state.Limit) ? _state.CapMax : _state.Limit;

    /// <summary>The model server has refused requests since its own queue is full; see <see cref="RefusalCap"/>.
    /// </summary>
    public bool IsCapped => _state.CapMax != RefusalCap.None;

    public bool IsOpen => _state.IsOpen;

    /// <summary>Nothing is held back: the mode is off.</summary>
    public bool IsOff => _state.IsOff;

    /// <summary>What it goes by; see <see cref="SetPlan"/>.</summary>
    public GatePlan Plan => Ask(static (state, _) => state.Plan);

    /// <summary>
    /// When the next queued request reaches the queue timeout, in the clock's ticks; the largest long while none
    /// can. May be read at any time and be slightly old.
    /// </summary>
    public long NextExpiryTicks => _state.NextExpiryTicks;

    /// <inheritdoc cref="GateState.RefusesHopeless"/>
    internal bool RefusesHopeless
    {
        get => _state.RefusesHopeless;
        set
        {
            lock (_lock) _state.RefusesHopeless = value;
        }
    }

    /// <summary>Dispatches per second, lately.</summary>
    public double DrainRatePerSecond => Ask(static (state, now) => state.Forecast.DispatchesPerSecond(now));

    /// <summary>
    /// When a refused client should come back: the time that the queue and itself take at the present drain rate,
    /// in whole seconds, 1 to 60; 60 while nothing drains.
    /// </summary>
    public int RetryAfterSeconds => Ask(static (state, now) =>
        state.Forecast.RetryAfterSeconds(state.Scheduler.Queued, state.IsOpen, now));

    /// <summary>When a client should come back whose request would have timed out: the queue is short enough then, if
    /// nothing else arrives. In whole seconds, 1 to 60.</summary>
    public int HopeAfterSeconds => Ask(static (state, now) =>
        state.Forecast.HopeAfterSeconds(state.Scheduler.Queued, now));

    /// <summary>A request arrives; it counts in its workload's rate in every case.</summary>
    /// <param name="waiter">Not queued and holding no permit.</param>
    /// <param name="workload">Entered in the registry, and left there only after the request has ended here.</param>
    /// <param name="claim">Of a criticality from 1 to 5.</param>
    /// <exception cref="InvalidOperationException">The waiter is queued or holds a permit.</exception>
    internal EnterOutcome Enter(Waiter waiter, Workload workload, in RequestClaim claim)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(claim.Criticality, WorkloadContext.CriticalityMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(claim.Criticality, WorkloadContext.CriticalityMax);
        WakeBatch woken = default;
        EnterOutcome outcome;
        lock (_lock)
        {
            outcome = _state.Enter(waiter, workload, claim, ref woken, _clock.NowTicks);
            _state.Publish();
        }
        woken.Wake();
        return outcome;
    }

    /// <summary>
    /// The client left. True where the request was queued and is out of the queue now. False where it holds a
    /// permit, which is then the caller's to release, or had ended before.
    /// </summary>
    internal bool Leave(Waiter waiter)
    {
        lock (_lock)
        {
            if (!_state.Leave(waiter, _clock.NowTicks)) return false;
            _state.Publish();
            return true;
        }
    }

    /// <summary>Gives the permit back; the next request is dispatched where the gate is open.</summary>
    /// <param name="waiter">Holds a permit.</param>
    /// <param name="isFull">The model server has refused the request because its own queue is full.</param>
    /// <exception cref="InvalidOperationException">The waiter holds no permit: it was released before.</exception>
    internal void Release(Waiter waiter, bool isFull = false)
    {
        WakeBatch woken = default;
        lock (_lock)
        {
            var nowTicks = _clock.NowTicks;
            _state.Release(waiter, isFull, nowTicks);
            _state.Fill(ref woken, nowTicks);
            _state.Publish();
        }
        WakeAll(ref woken);
    }

    /// <summary>
    /// The request could not be sent: the permit comes back, and the request returns to its place by its first arrival,
    /// without a limit and without a wait sample (that of the dispatch that came to nothing stays). Where the gate is
    /// open, it or another is dispatched at once.
    /// </summary>
    /// <param name="waiter">Holds a permit.</param>
    /// <param name="isFull">The model server refused the request because its own queue is full: no more are sent than
    /// are there now, until some have ended.</param>
    /// <exception cref="InvalidOperationException">The waiter holds no permit.</exception>
    internal void ReturnToQueue(Waiter waiter, bool isFull = false)
    {
        WakeBatch woken = default;
        lock (_lock)
        {
            var nowTicks = _clock.NowTicks;
            _state.ReturnToQueue(waiter, isFull, nowTicks);
            _state.Fill(ref woken, nowTicks);
            _state.Publish();
        }
        WakeAll(ref woken);
    }

    /// <summary>What <see cref="ReturnToQueue"/> has learnt of a full model server was wrong.</summary>
    internal void LiftCap()
    {
        lock (_lock) _state.LiftCap(_clock.NowTicks);
        FillAll();
    }

    /// <summary>The model server is there again: dispatches as much as there is room for.</summary>
    public void Open()
    {
        lock (_lock) _state.SetOpen(true, _clock.NowTicks);
        FillAll();
    }

    /// <summary>The model server is not there: nothing is dispatched until <see cref="Open"/>.</summary>
    public void Close()
    {
        lock (_lock) _state.SetOpen(false, _clock.NowTicks);
    }

    /// <summary>
    /// Changes the limit. More room is used at once; less takes no permit back, but grants none until enough have
    /// been released.
    /// </summary>
    /// <param name="limit">0 for no limit.</param>
    public void SetLimit(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        lock (_lock) _state.SetLimit(limit, _clock.NowTicks);
        FillAll();
    }

    /// <summary>
    /// Goes on by another plan, at once: what is queued keeps its arrival, permits stay out, and no request is lost.
    /// Holds the lock while it moves the queue to another order, some 200 ns for each request: a rare event.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The share lies outside 0 to 100.</exception>
    public void SetPlan(GatePlan plan)
    {
        plan.Validate();
        lock (_lock) _state.SetPlan(plan, _clock.NowTicks);
        FillAll();
    }

    /// <summary>What the policy would have gained so far, by criticality less 1; empty unless it is in the shadow.
    /// </summary>
    internal ShadowGain[] ShadowGains() => Ask(static (state, _) => state.Gains.ToArray());

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
            lock (_lock) isBehind = _state.Scheduler.CatchUp(_clock.NowTicks, CatchUpBatch);
        }
        var expired = 0;
        while (expired < most)
        {
            WakeBatch woken = default;
            var before = expired;
            lock (_lock)
            {
                expired += _state.Expire(ref woken, most - expired, _clock.NowTicks);
                _state.Publish();
            }
            woken.Wake();
            if (expired == before) break;
        }
        // What settles after a refusal is awaited by nobody else.
        if (IsCapped) FillAll();
        return expired;
    }

    /// <summary>
    /// The queue as it stands, for people. Allocates, and holds the lock while it copies the flows, some 20 ns for
    /// each request queued: not for a hot path.
    /// </summary>
    internal QueueSnapshot Snapshot()
    {
        var flows = new List<FlowView>();
        int limit, inFlight, queued;
        bool isOpen;
        // Room is made before the lock is taken; a queue that grew meanwhile only costs a longer hold.
        flows.EnsureCapacity(Queued);
        lock (_lock)
        {
            _state.Scheduler.CopyTo(flows, _clock.NowTicks);
            (limit, inFlight, queued, isOpen) = (Limit, InFlight, Queued, IsOpen);
        }
        return new QueueSnapshot(limit, inFlight, queued, isOpen, FlowRanking.Highest(flows, _state.Scheduler));
    }

    private T Ask<T>(Func<GateState, long, T> question)
    {
        lock (_lock) return question(_state, _clock.NowTicks);
    }

    private void WakeAll(ref WakeBatch woken)
    {
        woken.Wake();
        // A full batch may have left room for more.
        if (woken.IsFull) FillAll();
    }

    private void FillAll()
    {
        WakeBatch woken;
        do
        {
            woken = default;
            lock (_lock)
            {
                _state.Fill(ref woken, _clock.NowTicks);
                _state.Publish();
            }
            woken.Wake();
        }
        while (woken.IsFull);
    }
}
