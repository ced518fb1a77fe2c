using HdrHistogram;
using Sidecar.Load.Arrivals;

namespace Sidecar.Load.Running;

/// <summary>What was measured of one class. Safe for many requests that end at once; read it when the run is over.
/// Times are microseconds up to ten minutes with three significant digits, counted from the *intended* send time, so
/// that a generator that falls behind cannot hide waits (coordinated omission).</summary>
public sealed class ClassTally(RequestClass requestClass)
{
    /// <summary>Status of a request without a whole answer: connection lost, stream cut, or not in time.</summary>
    public const int Lost = 0;

    private const long MicrosecondsMax = 600_000_000;
    private readonly long[] _statuses = new long[600];
    private long _tokens;

    public RequestClass Class { get; } = requestClass;

    /// <summary>Of every request: who loses some must not look quicker by it, so one that was not served has waited
    /// until the run would have given it up. So is <see cref="Total"/>.</summary>
    public HistogramBase FirstToken { get; } = NewHistogram();

    public HistogramBase InterToken { get; } = NewHistogram();

    public HistogramBase Total { get; } = NewHistogram();

    /// <summary>How late requests were sent: what the generator itself adds.</summary>
    public HistogramBase Lateness { get; } = NewHistogram();

    public long Tokens => Interlocked.Read(ref _tokens);

    public long Requests => _statuses.Sum();

    /// <summary>Requests that were not answered 200, or not to the end: of whatever status.</summary>
    public long Unserved => Requests - _statuses[200];

    public IEnumerable<(int Status, long Count)> Statuses =>
        _statuses.Select((count, status) => (status, count)).Where(pair => pair.count > 0);

    public void Count(int status, long tokens)
    {
        Interlocked.Increment(ref _statuses[Math.Clamp(status, 0, _statuses.Length - 1)]);
        Interlocked.Add(ref _tokens, tokens);
    }

    /// <summary>Adds another run of the same class: its samples, not its percentiles.</summary>
    public void Add(ClassTally other)
    {
        FirstToken.Add(other.FirstToken);
        InterToken.Add(other.InterToken);
        Total.Add(other.Total);
        Lateness.Add(other.Lateness);
        _tokens += other._tokens;
        for (var i = 0; i < _statuses.Length; i++) _statuses[i] += other._statuses[i];
    }

    public static void Record(HistogramBase histogram, long ticks) =>
        histogram.RecordValue(Math.Clamp(ticks / TimeSpan.TicksPerMicrosecond, 1, MicrosecondsMax));

    private static LongConcurrentHistogram NewHistogram() => new(1, MicrosecondsMax, 3);
}
