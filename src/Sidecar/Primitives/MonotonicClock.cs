namespace Sidecar.Primitives;

/// <summary>
/// The time that queues, windows and timeouts are reckoned in: ticks of 100 ns that never run backwards and do not
/// follow the wall clock. Safe from any thread; allocates nothing.
/// </summary>
public sealed class MonotonicClock
{
    private readonly TimeProvider _provider;
    private readonly long _origin;
    private readonly long _unitsPerTick;
    private readonly double _ticksPerUnit;

    public MonotonicClock(TimeProvider provider)
    {
        _provider = provider;
        _origin = provider.GetTimestamp();
        var frequency = provider.TimestampFrequency;
        // Linux counts nanoseconds: whole units per tick spare the floating point.
        _unitsPerTick = frequency % TimeSpan.TicksPerSecond == 0 ? frequency / TimeSpan.TicksPerSecond : 0;
        _ticksPerUnit = (double)TimeSpan.TicksPerSecond / frequency;
    }

    /// <summary>Ticks of 100 ns since an arbitrary origin, never negative; only differences mean anything.</summary>
    public long NowTicks
    {
        get
        {
            var units = _provider.GetTimestamp() - _origin;
            return _unitsPerTick > 0 ? units / _unitsPerTick : (long)(units * _ticksPerUnit);
        }
    }
}
