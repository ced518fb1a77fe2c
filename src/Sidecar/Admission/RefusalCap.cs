namespace Sidecar.Admission;

/// <summary>
/// What a model server has shown to take: when it refuses a request since its own queue is full, as many are in flight
/// as fit. Pure; a mutable struct: keep it in a field. One thread at a time.
/// </summary>
/// <remarks>
/// Of many that are refused at once each lowers the cap, until what is left is what was taken. As long as others of
/// them may still be on their way, nothing is sent: one of those would take the place, and the request would be refused
/// again. One more is tried when as many have ended as are in flight, and after each try that is refused twice as many,
/// up to <see cref="PatienceMax"/> times; beside a try nothing else is on its way.
/// </remarks>
internal struct RefusalCap()
{
    internal const int None = int.MaxValue;

    internal const int PatienceMax = 256;

    private const long TryTicks = TimeSpan.TicksPerSecond / 100;
    private const long SettlingTicksMin = TimeSpan.TicksPerSecond / 2, SettlingTicksMax = TimeSpan.TicksPerSecond;

    private int _patience = 1;
    private int _ended;
    private bool _isTrying;
    private long _settledTicks;

    /// <summary>Most in flight; <see cref="None"/> where nothing was refused lately.</summary>
    internal int Max { get; private set; } = None;

    /// <param name="inFlight">Without what would be sent.</param>
    /// <param name="isSure">One is under way that was refused before: it is not sent into the last places.</param>
    /// <param name="nowTicks">Monotonic.</param>
    internal readonly bool HasRoom(int inFlight, bool isSure, long nowTicks) =>
        Max == None || (inFlight < (isSure ? SureMax : Max) && nowTicks >= _settledTicks);

    private readonly int SureMax => Math.Max(1, Max - Max / 4);

    /// <param name="inFlight">Without the request that was refused.</param>
    /// <param name="sentTicks">When that was sent.</param>
    /// <param name="nowTicks">When it came back.</param>
    internal void OnRefused(int inFlight, long sentTicks, long nowTicks)
    {
        // Refused though nothing else was there: that tells nothing of places.
        if (inFlight == 0) return;
        if (_isTrying) _patience = Math.Min(2 * _patience, PatienceMax);
        var settlingTicks = _isTrying ? TryTicks
            : Math.Clamp(4 * (nowTicks - sentTicks), SettlingTicksMin, SettlingTicksMax);
        (Max, _ended, _isTrying) = (Math.Min(Max, inFlight), 0, false);
        _settledTicks = Math.Max(_settledTicks, nowTicks + settlingTicks);
    }

    /// <summary>A request has ended that the model server took.</summary>
    /// <param name="limit">At it the cap is of no use any more; 0: none.</param>
    /// <param name="mayTry">No request is under way that was refused before: of those none is used for a try.</param>
    internal void OnEnded(int limit, bool mayTry)
    {
        if (Max == None || ++_ended < (long)Max * _patience || !mayTry) return;
        // The last try was not refused.
        if (_isTrying) _patience = Math.Max(1, _patience / 2);
        (_ended, _isTrying) = (0, true);
        Max++;
        if (limit > 0 && Max >= limit) Lift();
    }

    /// <summary>The refusals turned out to mean something else.</summary>
    internal void Lift() => (Max, _patience, _ended, _isTrying) = (None, 1, 0, false);
}
