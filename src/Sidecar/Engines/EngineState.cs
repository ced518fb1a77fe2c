namespace Sidecar.Engines;

/// <summary>
/// What is known of the model server, from what requests met and from what its health path said, and whether more may
/// be sent to it: the one place where that is decided. Pure: no lock, no clock, no I/O. A mutable struct, used by one
/// thread at a time; <see cref="EngineMonitor"/> sees to that.
/// </summary>
/// <remarks>
/// <code>
///              Refused, NotReady; Broken if healthy, unless trusted
///            ┌──────────────────────────────────────────► closed ─┐  a look that began before the closing,
///          open                                              │ ▲  │  or met nobody; a further doubt
///            ▲                                               │ └──┘
///            └───────────────────────────────────────────────┘
///              a look that began after the closing and was answered
///              - Healthy; or
///              - Odd or Silent, where no look was ever Healthy: a wrong path says nothing, a connection does; or
///              - by anything but Unreachable, when the model server has been there for <see cref="EndTicks"/>
/// </code>
/// So whatever the health path says, the gate is open again within a second of the model server's being there. What
/// opened it is trusted for <see cref="TrustTicks"/>: in that time a connection that breaks closes nothing, or one
/// client whose requests break theirs would hold up all others.
/// </remarks>
internal record struct EngineState
{
    /// <summary>
    /// A closing ends by itself after so long, if the model server is there. Shorter than a look may take then, so that
    /// one that ends by its time is never too early.
    /// </summary>
    internal const long EndTicks = 7 * TimeSpan.TicksPerSecond / 10;

    /// <summary>The longest look while the gate is closed: with the rest before it, a second.</summary>
    internal const long ClosedLookTicksMax = 3 * TimeSpan.TicksPerSecond / 4;

    internal const long TrustTicks = TimeSpan.TicksPerSecond;

    private const int FailuresToTurn = 2;

    private long _closedTicks;
    private long _thereSinceTicks;
    private long _trustedUntilTicks;
    private int _failures;
    private bool _isStoodInFor;
    private bool _isContradicted;

    public EngineState() => (IsOpen, _failures) = (true, FailuresToTurn);

    /// <summary>More may be sent.</summary>
    internal bool IsOpen { get; private set; }

    /// <summary>The health path answers: two failures turn it, one success turns it back; at first false.</summary>
    internal readonly bool IsHealthy => _failures < FailuresToTurn;

    /// <summary>A look was healthy once.</summary>
    internal bool WasHealthy { get; private set; }

    /// <summary>How often it was closed.</summary>
    internal int Closings { get; private set; }

    /// <summary>
    /// A 503 to a request means that the model server is not there, and the request can wait for it. Not where its
    /// health path is wrong, or where it has served requests while that path failed: then the 503 is an answer.
    /// </summary>
    internal readonly bool RefusesBy503 => !IsOpen || !(IsHealthy || _isStoodInFor || _isContradicted);

    /// <summary>A request met something that speaks against sending more: true when that closes the gate.</summary>
    internal bool TryClose(Doubt doubt, long nowTicks)
    {
        if (doubt == Doubt.Refused) _isContradicted = false;
        if (!IsOpen || (doubt == Doubt.Broken && !(IsHealthy && nowTicks >= _trustedUntilTicks))) return false;
        IsOpen = false;
        Closings++;
        _closedTicks = nowTicks;
        return true;
    }

    /// <summary>A request was answered with 2xx.</summary>
    internal void NoteServed() => _isContradicted |= !IsHealthy;

    internal readonly HealthLook BeginLook(long nowTicks) => new(Closings, nowTicks);

    /// <summary>A look has ended: true when that opens the gate.</summary>
    internal bool TryOpen(HealthLook look, HealthAnswer answer, long nowTicks)
    {
        Learn(look, answer);
        if (IsOpen || look.Closings != Closings) return false;
        var isThere = answer != HealthAnswer.Unreachable;
        var hasEnded = isThere && nowTicks - Math.Max(_closedTicks, _thereSinceTicks) >= EndTicks;
        if (answer != HealthAnswer.Healthy && !_isStoodInFor && !hasEnded) return false;
        IsOpen = true;
        _trustedUntilTicks = nowTicks + TrustTicks;
        return true;
    }

    private void Learn(HealthLook look, HealthAnswer answer)
    {
        var isHealthy = answer == HealthAnswer.Healthy;
        _failures = isHealthy ? 0 : Math.Min(_failures + 1, FailuresToTurn);
        WasHealthy |= isHealthy;
        _isStoodInFor = !WasHealthy && answer is HealthAnswer.Odd or HealthAnswer.Silent;
        if (isHealthy || answer == HealthAnswer.Unreachable) _isContradicted = false;
        if (answer == HealthAnswer.Unreachable) _thereSinceTicks = long.MaxValue;
        else if (_thereSinceTicks == long.MaxValue) _thereSinceTicks = look.StartedTicks;
    }
}
