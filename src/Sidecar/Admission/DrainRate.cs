namespace Sidecar.Admission;

/// <summary>
/// Events per second, older ones counting less: an exponentially decayed count, corrected for the time before the first
/// one. One thread at a time. An event costs an addition; the decay is reckoned when the rate is read, as if the events
/// since the last reading had come evenly.
/// </summary>
/// <param name="constantSeconds">What was so long ago counts a third.</param>
internal sealed class DrainRate(double constantSeconds)
{
    /// <summary>Readings within it are one: between two events of the same moment there is no rate.</summary>
    private const long StepTicks = TimeSpan.TicksPerSecond / 10;

    private readonly double _constantTicks = constantSeconds * TimeSpan.TicksPerSecond;
    private double _decayed;
    private long _pending;
    private long _readTicks;
    private long _firstTicks = -1;

    /// <param name="nowTicks">Monotonic time.</param>
    /// <param name="events">1 for an event, -1 for one that turned out to be none.</param>
    public void Count(long nowTicks, int events)
    {
        if (_firstTicks < 0) _firstTicks = _readTicks = nowTicks;
        _pending += events;
    }

    /// <summary>The events that the rate stands on, in effect.</summary>
    public double Evidence(long nowTicks)
    {
        var elapsedTicks = nowTicks - _readTicks;
        if (elapsedTicks >= StepTicks)
        {
            var decay = Math.Exp(-elapsedTicks / _constantTicks);
            // The integral of what came evenly, each part decayed since it came.
            _decayed = _decayed * decay + _pending * (1 - decay) * _constantTicks / elapsedTicks;
            (_pending, _readTicks) = (0, nowTicks);
        }
        return Math.Max(0, _decayed + _pending);
    }

    public double PerSecond(long nowTicks)
    {
        if (_firstTicks < 0) return 0;
        var seenTicks = nowTicks - _firstTicks + StepTicks;
        return Evidence(nowTicks) / (constantSeconds * (1 - Math.Exp(-seenTicks / _constantTicks)));
    }
}
