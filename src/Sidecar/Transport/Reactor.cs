using Sidecar.Primitives;

namespace Sidecar.Transport;

/// <summary>
/// One thread with one epoll: waits for events, marks channels, then resumes what became ready. All that belongs to it
/// (channels, signals, pools) is used on this thread only; <see cref="Post"/> is the one door from other threads.
/// </summary>
/// <remarks>
/// Nothing on this thread may block. A failure that reaches the loop would be a fault of the program, since connections
/// contain their own: it ends the process rather than leave a thread's connections hanging.
/// </remarks>
public sealed class Reactor : IDisposable
{
    /// <summary>How exact deadlines are: 50 ms.</summary>
    public const long SweepTicks = 50 * TimeSpan.TicksPerMillisecond;

    private const int EventsMax = 256;
    private const long WakeData = -1;

    [ThreadStatic]
    private static Reactor? t_current;

    private readonly MonotonicClock _clock;
    private readonly int _epoll = Libc.Check(Libc.EpollCreate(Libc.CloseOnExec), "epoll_create1");
    private readonly WakeDescriptor _wake = new();
    private readonly EpollEvents _events = new(EventsMax);
    private readonly ChannelTable _channels = new();
    private readonly Mailbox _mailbox = new();
    private readonly ReadyList _ready = new();
    private readonly List<IReactorDuty> _duties = [];
    private readonly Thread _thread;
    private volatile bool _stopping;
    private long _nextSweepTicks;
    private bool _sweepSoon;

    public Reactor(MonotonicClock clock, string name)
    {
        _clock = clock;
        EpollEvents.Add(_epoll, _wake.Descriptor, Libc.EpollIn | Libc.EpollEdge, WakeData);
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    /// <summary>The time at which the present batch of events was taken; saves a clock reading per step.</summary>
    public long NowTicks { get; private set; }

    public bool IsCurrent => t_current == this;

    /// <summary>Starts the thread; duties are added before.</summary>
    public void Start() => _thread.Start();

    /// <summary>Has the duties called again before the next wait; on this thread.</summary>
    public void SweepSoon() => _sweepSoon = true;

    public void AddDuty(IReactorDuty duty) => _duties.Add(duty);

    /// <summary>Has <paramref name="mail"/> delivered on this thread; from any thread, allocates nothing.</summary>
    public void Post(Mail mail)
    {
        if (_mailbox.Post(mail)) _wake.Wake();
    }

    /// <summary>Makes a channel of a non-blocking descriptor, which then belongs to it; on this thread only.</summary>
    /// <exception cref="IOException">The kernel refused to watch one more descriptor; it is closed.</exception>
    public SocketChannel Adopt(int descriptor, IChannelOwner? owner)
    {
        var channel = _channels.Add(this, descriptor, owner);
        const int interest = Libc.EpollIn | Libc.EpollOut | Libc.EpollPeerHangUp | Libc.EpollEdge;
        try
        {
            EpollEvents.Add(_epoll, descriptor, interest, _channels.Key(channel));
        }
        catch (IOException)
        {
            channel.Close();
            throw;
        }
        return channel;
    }

    /// <summary>Has the signal's deadline watched until <see cref="Detach"/>.</summary>
    public void Attach(Signal signal) => Deadlines.Add(signal);

    public void Detach(Signal signal) => Deadlines.Remove(signal);

    /// <summary>Ends the thread after its present batch and waits for it; from another thread.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Wake();
        if (_thread.IsAlive) _thread.Join();
        _channels.CloseAll();
        Libc.Close(_epoll);
        _wake.Dispose();
    }

    internal DeadlineTable Deadlines { get; } = new();

    internal void MakeReady(Signal signal) => _ready.Add(signal);

    internal void Forget(SocketChannel channel) => _channels.Remove(channel);

    private unsafe void Run()
    {
        t_current = this;
        var again = false;
        while (!_stopping)
        {
            var timeoutMilliseconds = again ? 0 : (int)(SweepTicks / TimeSpan.TicksPerMillisecond);
            var count = Libc.EpollWait(_epoll, _events.Start, EventsMax, timeoutMilliseconds);
            NowTicks = _clock.NowTicks;
            for (var i = 0; i < count; i++) Mark(i);
            for (var mail = _mailbox.TakeAll(); mail is not null;)
            {
                var next = mail.Next;
                mail.Next = null;
                mail.Unmark();
                mail.Deliver();
                mail = next;
            }
            Sweep();
            // What becomes ready while this round runs waits for the next, after the sockets had their turn.
            _ready.RunRound();
            again = _sweepSoon || !_ready.IsEmpty;
        }
    }

    private void Mark(int index)
    {
        var data = _events.Data(index);
        if (data == WakeData) _wake.Clear();
        else _channels.Find(data)?.OnEvents(_events.Flags(index));
    }

    private void Sweep()
    {
        if (NowTicks < _nextSweepTicks && !_sweepSoon) return;
        _sweepSoon = false;
        _nextSweepTicks = NowTicks + SweepTicks;
        foreach (var duty in _duties) duty.OnSweep(NowTicks);
        for (var place = 0; Deadlines.NextExpired(ref place, NowTicks) is { } signal;) signal.Pulse();
    }
}
