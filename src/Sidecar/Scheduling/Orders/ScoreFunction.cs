using Sidecar.Workloads;

namespace Sidecar.Scheduling.Orders;

/// <summary>
/// The score: <c>weightWait * min(max(average, age) / horizon, 1) + weightCriticality * criticality / 5
/// - weightRate * min(rate / ceiling, 1)</c>, in integers, so that equal means equal and every order that is
/// derived from it agrees with it to the last bit. Immutable and pure.
/// </summary>
/// <remarks>
/// Scores are fixed point, 1.0 being 2^56. Each term is at most its weight, 10, so a score lies between -10 and 20,
/// and two scores differ by at most 30 * 2^56, below 2^61: nothing overflows, and a difference taken modulo 2^64 is
/// the true one. A day's horizon still leaves the wait's slope, per tick, some 33,000 steps of its last place.
/// </remarks>
internal sealed class ScoreFunction
{
    /// <summary>1.0 as a score.</summary>
    public const long One = 1L << 56;

    private const double WeightMax = 10;

    private readonly long[] _criticality = new long[WorkloadContext.CriticalityMax + 1];
    private readonly long _waitSlope;
    private readonly long _rateSlope;
    private readonly long _rateMost;

    /// <exception cref="ArgumentOutOfRangeException">An option lies outside its bounds.</exception>
    public ScoreFunction(ScoreOptions options)
    {
        Require(options.WeightWait is >= 0 and <= WeightMax, nameof(options.WeightWait));
        Require(options.WeightCriticality is >= 0 and <= WeightMax, nameof(options.WeightCriticality));
        Require(options.WeightRate is >= 0 and <= WeightMax, nameof(options.WeightRate));
        Require(options.WaitHorizonTicks is >= TimeSpan.TicksPerMillisecond and <= TimeSpan.TicksPerDay,
            nameof(options.WaitHorizonTicks));
        Require(options.RateCeilingPerSecond is >= 0.001 and <= 1_000_000, nameof(options.RateCeilingPerSecond));
        Require(options.RateWindowTicks is >= TimeSpan.TicksPerSecond and <= TimeSpan.TicksPerDay,
            nameof(options.RateWindowTicks));

        HorizonTicks = options.WaitHorizonTicks;
        _waitSlope = Fixed(options.WeightWait / HorizonTicks);
        _rateMost = Fixed(options.WeightRate);
        var ceilingArrivals =
            options.RateCeilingPerSecond * ((double)options.RateWindowTicks / TimeSpan.TicksPerSecond);
        CeilingArrivals = (long)Math.Ceiling(ceilingArrivals);
        // A ceiling below one arrival per window: the first one is all of it.
        _rateSlope = Math.Min(_rateMost, Fixed(options.WeightRate / ceilingArrivals));
        for (var c = WorkloadContext.CriticalityMin; c < _criticality.Length; c++)
            _criticality[c] = Fixed(options.WeightCriticality * c / WorkloadContext.CriticalityMax);
    }

    /// <summary>From this wait on the wait term stays as it is.</summary>
    public long HorizonTicks { get; }

    /// <summary>From so many arrivals in the window on the rate term stays as it is.</summary>
    public long CeilingArrivals { get; }

    /// <summary>The score of a request.</summary>
    /// <param name="criticality">1 to 5.</param>
    /// <param name="averageTicks">Moving average of its workload's waits.</param>
    /// <param name="ageTicks">Age of the oldest request of its flow, 0 or more.</param>
    /// <param name="arrivals">Arrivals of its workload in the window.</param>
    public long Score(int criticality, long averageTicks, long ageTicks, long arrivals) =>
        _criticality[criticality] + WaitTerm(averageTicks, ageTicks) - RateTerm(arrivals);

    /// <summary>
    /// The score of a flow whose age leads, less what grows with time, modulo 2^64: <see cref="AtTime"/> adds that
    /// again. Holds while the average is at most the age, and the age at most the horizon.
    /// </summary>
    public long AgingKey(int criticality, long oldestArrivalTicks, long arrivals) =>
        unchecked(_criticality[criticality] - RateTerm(arrivals) - _waitSlope * oldestArrivalTicks);

    /// <summary>The score that an <see cref="AgingKey"/> stands for at a time.</summary>
    public long AtTime(long agingKey, long nowTicks) => unchecked(agingKey + _waitSlope * nowTicks);

    /// <summary>The same score in parts and as fractions, for people.</summary>
    public ScoreTerms Terms(int criticality, long averageTicks, long ageTicks, long arrivals) => new(
        ToDouble(WaitTerm(averageTicks, ageTicks)), ToDouble(_criticality[criticality]), ToDouble(RateTerm(arrivals)));

    public static double ToDouble(long score) => (double)score / One;

    private long WaitTerm(long averageTicks, long ageTicks) =>
        _waitSlope * Math.Min(Math.Max(averageTicks, ageTicks), HorizonTicks);

    private long RateTerm(long arrivals) => Math.Min(_rateMost, _rateSlope * Math.Min(arrivals, CeilingArrivals));

    private static long Fixed(double value) => (long)Math.Round(value * One);

    private static void Require(bool holds, string name)
    {
        if (!holds) throw new ArgumentOutOfRangeException(name);
    }
}
