using System.Diagnostics;
using Sidecar.Primitives;
using Sidecar.Telemetry;
using Sidecar.Transport.Kernel;

namespace Sidecar.Transport;

/// <summary>
/// One thread with one epoll: waits for events, marks channels, then resumes what became ready. All that belongs to it
/// (channels, signals, pools) is used on this thread only; other threads may only <see cref="Post"/>.
/// </summary>
/// <remarks>
/// Nothing on this thread may block. Connections contain their own failures; what else fails here (an event, a mail, a
/// duty) is logged at a pace, and the loop goes on. Only where it cannot wait for events any more does it end the
/// process, rather than leave a thread's connections hanging.
/// </remarks>
internal sealed class Reactor : IDisposable
{
    /// <summary>How exact deadlines are: 50 ms.</summary>
    public const long SweepTicks = 50 * TimeSpan.TicksPerMillisecond;

    /// <summary>The longest wait of a reactor on which nothing happens.</summary>
    public const long SleepTicksMax = TimeSpan.TicksPerSecond;

    private const int EventsMax = 256;
    private const long WakeData = -1;

    [ThreadStatic]
    private static Reactor? t_current;

    private static readonly TimeSpan LastWordsPatience = TimeSpan.FromSeconds(1);

    private readonly MonotonicClock _clock;
    private readonly Log _log;
    private readonly PacedLog _faults;
    private readonly long _sleepTicksMax;
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
    private bool _isQuiet;

    /// <param name="clock">Tells the time for deadlines and sweeps.</param>
    /// <param name="name">The thread's name.</param>
    /// <param name="log">Is told of failures; null: nobody is.</param>
    /// <param name="sleepTicksMax">The longest wait while nothing happens. A clock that is moved by hand wakes nobody,
    /// and needs the usual pace.</param>
    public Reactor(MonotonicClock clock, string name, Log? log = null, long sleepTicksMax = SweepTicks)
    {
        (_clock, _log, _sleepTicksMax) = (clock, log ?? Log.Silent, sleepTicksMax);
        _faults = new PacedLog(_log, LogLevel.Error, "reactor-fault");
        EpollEvents.Add(_epoll, _wake.Descriptor, Libc.EpollIn | Libc.EpollEdge, WakeData);
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    /// <summary>The time at which the present batch of events was taken; saves a clock reading per step.</summary>
    public long NowTicks { get; private set; }

    public bool IsCurrent => t_current == this;

    /// <summary>Debug builds: fails when another thread uses what belongs to this reactor while it runs.</summary>
    [Conditional("DEBUG")]
    internal void AssertCurrent() =>
        Debug.Assert(IsCurrent || !_thread.IsAlive, "What belongs to a reactor is used on another thread.");

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
        const int interest =
            Libc.EpollIn | Libc.EpollUrgent | Libc.EpollOut | Libc.EpollPeerHangUp | Libc.EpollEdge;
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

    private void Run()
    {
        t_current = this;
        try
        {
            while (!_stopping) RunOnce();
        }
        catch (Exception failure)
        {
            _log.Error("reactor-ended", failure);
            _log.DisposeAsync().AsTask().Wait(LastWordsPatience);
            Environment.FailFast($"sidecar: {_thread.Name} cannot go on: {failure.Message}");
        }
    }

    private void RunOnce()
    {
        var count = Wait();
        NowTicks = _clock.NowTicks;
        for (var i = 0; i < count; i++) Mark(i);
        var hasMail = DeliverAll();
        Sweep();
        _isQuiet = count == 0 && !hasMail && _ready.IsEmpty;
        // What becomes ready while this round runs waits for the next, after the sockets had their turn.
        _ready.BeginRound();
        while (_ready.Next() is { } signal) Resume(signal);
    }

    /// <exception cref="IOException">The kernel gives no events any more.</exception>
    private unsafe int Wait()
    {
        var count = Libc.EpollWait(_epoll, _events.Start, EventsMax, WaitMilliseconds);
        if (count < 0 && Libc.LastError != Libc.Interrupted) Libc.Check(count, "epoll_wait");
        return Math.Max(count, 0);
    }

    private int WaitMilliseconds
    {
        get
        {
            if (_sweepSoon || !_ready.IsEmpty) return 0;
            if (!_isQuiet || _sleepTicksMax <= SweepTicks) return ReactorPace.UsualMilliseconds;
            var dueTicks = Deadlines.EarliestTicks;
            foreach (var duty in _duties) dueTicks = Math.Min(dueTicks, duty.NextDueTicks);
            return ReactorPace.QuietMilliseconds(NowTicks, dueTicks, _sleepTicksMax);
        }
    }

    private void Mark(int index)
    {
        try
        {
            var data = _events.Data(index);
            if (data == WakeData) _wake.Clear();
            else _channels.Find(data)?.OnEvents(_events.Flags(index));
        }
        catch (Exception failure)
        {
            Contain(failure);
        }
    }

    /// <summary>Delivers all mail; false when there was none.</summary>
    private bool DeliverAll()
    {
        var mail = _mailbox.TakeAll();
        if (mail is null) return false;
        while (mail is not null)
        {
            var next = mail.Next;
            mail.Next = null;
            mail.Unmark();
            try
            {
                mail.Deliver();
            }
            catch (Exception failure)
            {
                Contain(failure);
            }
            mail = next;
        }
        return true;
    }

    private void Sweep()
    {
        if (NowTicks < _nextSweepTicks && !_sweepSoon) return;
        _sweepSoon = false;
        _nextSweepTicks = NowTicks + SweepTicks;
        foreach (var duty in _duties)
        {
            try
            {
                duty.OnSweep(NowTicks);
            }
            catch (Exception failure)
            {
                Contain(failure);
            }
        }
        for (var place = 0; Deadlines.NextExpired(ref place, NowTicks) is { } signal;) signal.Pulse();
    }

    private void Resume(Signal signal)
    {
        try
        {
            signal.Resume();
        }
        catch (Exception failure)
        {
            Contain(failure);
        }
    }

    private void Contain(Exception failure) => _faults.Write(failure.ToString());
}
