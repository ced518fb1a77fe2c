using System.Text;

namespace Sidecar.Workloads;

/// <summary>
/// One workload: what is counted of it, and what the score knows of it. Three owners: the counts belong to the
/// registry (any thread), the rate, the average and the flows to the scheduler (under the admission lock), and the
/// readings for metrics may be taken from any thread, off by what changes in that instant. About 450 bytes and
/// three times the id.
/// </summary>
internal sealed class Workload
{
    /// <summary>Bytes of one workload without its id, its share of the table included; a test measures it.</summary>
    internal const int BytesFixed = 480;

    private readonly byte[] _idUtf8;
    private readonly WorkloadOptions _options;
    private double _averageWaitTicks = double.NaN;

    internal RateWindow Rate;
    internal FlowSlots Flows;

    /// <summary>How many of <see cref="Flows"/> there are.</summary>
    internal int FlowCount;

    /// <summary>While it has no flow: when the last thing of it was queued or dispatched, or the average was faded to.
    /// </summary>
    internal long QuietSinceTicks;

    internal readonly ulong Hash;
    internal readonly bool IsShared;
    internal int ActiveRequests;
    internal long TotalRequests;
    internal long LastUsedTicks;
    internal bool IsLinkedIdle;
    internal Workload? IdleBefore;
    internal Workload? IdleAfter;

    internal Workload(ReadOnlySpan<byte> id, ulong hash, WorkloadOptions options, bool isListed, bool isShared = false)
    {
        _idUtf8 = id.ToArray();
        _options = options;
        Id = Encoding.UTF8.GetString(id);
        Hash = hash;
        IsListed = isListed;
        IsShared = isShared;
        var bucketTicks = options.RateWindowTicks / RateWindow.BucketCount;
        Rate = new RateWindow(bucketTicks, (long)(hash % (ulong)bucketTicks));
    }

    public string Id { get; }

    /// <summary>The id as it arrived, for labels and comparison.</summary>
    public ReadOnlySpan<byte> IdUtf8 => _idUtf8;

    /// <summary>
    /// Whether it has metric series of its own. Decided once: one that moved out of <c>other</c> would make that
    /// sum fall.
    /// </summary>
    public bool IsListed { get; }

    /// <summary>Requests that have arrived and not ended: queued and running.</summary>
    public int ActiveCount => Volatile.Read(ref ActiveRequests);

    /// <summary>Requests since it was first seen.</summary>
    public long TotalCount => Volatile.Read(ref TotalRequests);

    /// <summary>
    /// Moving average of the waits in ticks of 100 ns, as of the last request of it; 0 before the first dispatch.
    /// </summary>
    public long AverageWaitTicks
    {
        get
        {
            var average = Volatile.Read(ref _averageWaitTicks);
            return double.IsNaN(average) ? 0 : (long)average;
        }
    }

    /// <summary>As of the last request of it; see <see cref="AverageWaitSecondsAt"/>.</summary>
    public double AverageWaitSeconds => AverageWaitTicks / (double)TimeSpan.TicksPerSecond;

    /// <summary>The average that a request would be scored by that arrives at that time: faded since.</summary>
    public double AverageWaitSecondsAt(long nowTicks)
    {
        if (Volatile.Read(ref FlowCount) > 0) return AverageWaitSeconds;
        var idleTicks = nowTicks - Volatile.Read(ref QuietSinceTicks);
        return WaitFading.Faded(AverageWaitTicks, idleTicks, _options.AverageHalfLifeTicks) / TimeSpan.TicksPerSecond;
    }

    /// <summary>Arrivals in the window up to now, divided by the window.</summary>
    public double ArrivalsPerSecond(long nowTicks) =>
        Rate.CountAt(nowTicks) / ((double)_options.RateWindowTicks / TimeSpan.TicksPerSecond);

    /// <summary>
    /// Brings the average up to date where nothing of it is queued; while something is, it stands still, and with it
    /// the keys of its flows. Before a request of it is scored or queued, under the admission lock.
    /// </summary>
    internal void FadeAverage(long nowTicks)
    {
        if (FlowCount > 0) return;
        var faded = WaitFading.Faded(
            _averageWaitTicks, nowTicks - QuietSinceTicks, _options.AverageHalfLifeTicks);
        if (faded == _averageWaitTicks) return;
        _averageWaitTicks = faded;
        QuietSinceTicks = nowTicks;
    }

    /// <summary>The same workload to a second scheduler, which goes on from here by itself. Under the admission lock.
    /// </summary>
    internal Workload CopyForShadow() => new(_idUtf8, Hash, _options, IsListed, IsShared)
    {
        Rate = Rate, _averageWaitTicks = _averageWaitTicks, QuietSinceTicks = QuietSinceTicks,
    };

    /// <summary>
    /// Takes a dispatch into the average: <c>alpha * wait + (1 - alpha) * before</c>; the first one starts it.
    /// Under the admission lock.
    /// </summary>
    internal void RecordWait(long waitTicks)
    {
        var before = _averageWaitTicks;
        var alpha = _options.AverageAlpha;
        _averageWaitTicks = double.IsNaN(before) ? waitTicks : alpha * waitTicks + (1 - alpha) * before;
    }
}
