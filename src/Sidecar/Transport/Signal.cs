using System.Runtime.CompilerServices;

namespace Sidecar.Transport;

/// <summary>The one thing that a connection's loop awaits: reusable, single waiter, owned by one reactor. A pulse means
/// "look again", nothing more; wakes may be spurious, so the loop reads the state anew after each.</summary>
/// <remarks>The loop always resumes from the reactor's ready list, never in the frame that pulsed: a release that hands
/// a permit on cannot recurse through the queue. Awaiting allocates nothing.</remarks>
internal sealed class Signal(Reactor reactor) : Mail, IChannelOwner, ICriticalNotifyCompletion
{
    private Action? _continuation;
    private bool _pulsed;

    public Reactor Reactor { get; } = reactor;

    /// <summary>When the reactor pulses the signal by itself, checked every <see cref="Reactor.SweepTicks"/>.</summary>
    public long DeadlineTicks
    {
        get;
        set
        {
            Reactor.AssertCurrent();
            field = value;
            if (Place >= 0) Reactor.Deadlines.Set(Place, value);
        }
    } = long.MaxValue;

    public bool IsExpired => Reactor.NowTicks >= DeadlineTicks;

    /// <summary>Sets the deadline to so many ticks from now.</summary>
    public void ExpireAfter(long ticks) => DeadlineTicks = Reactor.NowTicks + ticks;

    public void NeverExpire() => DeadlineTicks = long.MaxValue;

    internal Signal? NextReady { get; set; }

    /// <summary>Index in the reactor's table of deadlines; -1: not in the table.</summary>
    internal int Place { get; set; } = -1;

    /// <summary>Wakes the loop soon; on the reactor's thread only.</summary>
    public void Pulse()
    {
        Reactor.AssertCurrent();
        if (_pulsed) return;
        _pulsed = true;
        if (_continuation is not null) Reactor.MakeReady(this);
    }

    /// <summary>Wakes the loop soon; from any thread.</summary>
    public void PulseFromAnywhere()
    {
        if (Reactor.IsCurrent) Pulse();
        else Reactor.Post(this);
    }

    public void OnChannelEvent(SocketChannel channel) => Pulse();

    public Signal GetAwaiter() => this;

    public bool IsCompleted => false;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        _continuation = continuation;
        if (_pulsed) Reactor.MakeReady(this);
    }

    protected internal override void Deliver() => Pulse();

    internal void Resume()
    {
        var continuation = _continuation;
        _continuation = null;
        _pulsed = false;
        continuation?.Invoke();
    }
}
