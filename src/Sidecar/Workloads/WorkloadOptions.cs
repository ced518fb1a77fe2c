namespace Sidecar.Workloads;

/// <summary>How workloads are told apart, measured and forgotten.</summary>
public sealed record WorkloadOptions
{
    /// <summary>Most workloads tracked at once (<c>SIDECAR_WORKLOAD_LIMIT</c>), 1 to 1,000,000.</summary>
    public int Limit { get; init; } = 10_000;

    /// <summary>
    /// Most workloads with series of their own; the rest are summed up as <c>other</c>, the thousandth label.
    /// </summary>
    public int ListedLimit { get; init; } = 999;

    /// <summary>A workload with nothing queued or running for so long is forgotten at the next sweep.</summary>
    public long IdleTicks { get; init; } = 5 * TimeSpan.TicksPerMinute;

    /// <summary>The sliding window of the arrival rate, 1 s to 1 day; the same as the score's.</summary>
    public long RateWindowTicks { get; init; } = TimeSpan.TicksPerMinute;

    /// <summary>Weight of the newest wait in the moving average, above 0 to 1.</summary>
    public double AverageAlpha { get; init; } = 0.2;

    /// <summary>
    /// In which the moving average halves while nothing of the workload is queued, 1 ms to 1 day; the same as the
    /// score's horizon.
    /// </summary>
    public long AverageHalfLifeTicks { get; init; } = TimeSpan.TicksPerMinute;

    /// <summary>Locks that the registry spreads over; a power of two, 1 to 256.</summary>
    public int Stripes { get; init; } = 16;

    /// <exception cref="ArgumentOutOfRangeException">A setting lies outside its bounds.</exception>
    internal void Validate()
    {
        Require(Limit is >= 1 and <= 1_000_000, nameof(Limit));
        Require(ListedLimit >= 0, nameof(ListedLimit));
        Require(IdleTicks >= 0, nameof(IdleTicks));
        Require(RateWindowTicks is >= TimeSpan.TicksPerSecond and <= TimeSpan.TicksPerDay, nameof(RateWindowTicks));
        Require(AverageAlpha is > 0 and <= 1, nameof(AverageAlpha));
        Require(AverageHalfLifeTicks is >= TimeSpan.TicksPerMillisecond and <= TimeSpan.TicksPerDay,
            nameof(AverageHalfLifeTicks));
        Require(Stripes is >= 1 and <= 256 && int.IsPow2(Stripes), nameof(Stripes));
    }

    private static void Require(bool holds, string name)
    {
        if (!holds) throw new ArgumentOutOfRangeException(name);
    }
}
