namespace Sidecar.Telemetry;

/// <summary>
/// One kind of line that a fault or a client could repeat without end: at most one a second is written, with the count
/// of those that it stands for. What comes within the second is told by the next line. Any thread.
/// </summary>
public sealed class PacedLog(Log log, LogLevel level, string name)
{
    private long _nextTicks = long.MinValue;
    private long _count;

    /// <param name="nowTicks">Of the caller's clock, the same for all who write this line.</param>
    /// <param name="reason">Of this one; those of the others since the last line are not told.</param>
    public void Write(long nowTicks, string reason)
    {
        Interlocked.Increment(ref _count);
        var nextTicks = Volatile.Read(ref _nextTicks);
        if (nowTicks < nextTicks) return;
        var followingTicks = nowTicks + TimeSpan.TicksPerSecond;
        if (Interlocked.CompareExchange(ref _nextTicks, followingTicks, nextTicks) != nextTicks) return;
        log.Write(level, name, ("reason", reason), ("count", $"{Interlocked.Exchange(ref _count, 0)}"));
    }
}
