using Sidecar.Admission;
using Sidecar.Admission.Plans;
using Sidecar.Scheduling;
using Sidecar.Scheduling.Orders;
using Sidecar.Workloads;

namespace Sidecar.Tests.Scheduling;

/// <summary>
/// The rule in its plainest form, to test against: a list of requests, searched as a whole at every dispatch. It
/// shares with the product only the score function and the formula by which an average fades; averages, windows and
/// what is queued it keeps itself.
/// </summary>
internal sealed class PlainQueue(ScoreFunction score, WorkloadOptions options)
{
    private readonly List<(
        ScheduledRequest Request, Metrics Of, int Criticality, long Arrival, long Rank)> _queued = [];
    private readonly Dictionary<Workload, Metrics> _metrics = [];
    private long _rank;

    public int Count => _queued.Count;

    public GatePolicy Policy { get; set; }

    public (ScheduledRequest? Request, int Criticality) NewestOfLeastCritical
    {
        get
        {
            if (_queued.Count == 0) return (null, int.MaxValue);
            var newest = _queued.MinBy(q => (q.Criticality, -q.Rank));
            return (newest.Request, newest.Criticality);
        }
    }

    public ScheduledRequest this[int index] => _queued[index].Request;

    public ScheduledRequest? Oldest => _queued.Count == 0 ? null : _queued.MinBy(q => q.Rank).Request;

    public int OlderThan(long rank) => _queued.Count(q => q.Rank < rank);

    public long Arrive(Workload workload, long now)
    {
        Fade(Of(workload), now);
        Of(workload).Buckets.Enqueue(Bucket(workload, now));
        return ++_rank;
    }

    public void Enqueue(
        ScheduledRequest request, Workload workload, int criticality, long arrival, long rank, long now)
    {
        Fade(Of(workload), now);
        _queued.Add((request, Of(workload), criticality, arrival, rank));
    }

    public bool Remove(ScheduledRequest request, long now)
    {
        var index = _queued.FindIndex(q => ReferenceEquals(q.Request, request));
        if (index < 0) return false;
        _queued[index].Of.BusyAt = now;
        // Order in the list means nothing.
        _queued[index] = _queued[^1];
        _queued.RemoveAt(_queued.Count - 1);
        return true;
    }

    /// <summary>The request that has to go next, and its score.</summary>
    public (ScheduledRequest Request, long Score)? Best(long now)
    {
        (ScheduledRequest Request, long Score)? best = null;
        long bestRank = 0;
        foreach (var (request, of, criticality, arrival, rank) in _queued)
        {
            var value = ScoreBy(of, criticality, arrival, now);
            if (best is { } b && (value < b.Score || (value == b.Score && rank > bestRank))) continue;
            best = (request, value);
            bestRank = rank;
        }
        return best;
    }

    public long ScoreOf(Workload workload, int criticality, long arrival, long now) =>
        ScoreBy(Of(workload), criticality, arrival, now);

    /// <summary>A dispatch, from the queue or at once.</summary>
    public void Sample(Workload workload, long wait, long now)
    {
        var of = Of(workload);
        of.BusyAt = now;
        var alpha = options.AverageAlpha;
        of.Average = of.Average is { } before ? alpha * wait + (1 - alpha) * before : wait;
    }

    /// <summary>While nothing of a workload is queued, its average fades by the time since something was.</summary>
    private void Fade(Metrics of, long now)
    {
        if (of.Average is not { } before || _queued.Exists(q => q.Of == of)) return;
        var faded = WaitFading.Faded(before, now - of.BusyAt, options.AverageHalfLifeTicks);
        if (faded == before) return;
        of.Average = faded;
        of.BusyAt = now;
    }

    private long ScoreBy(Metrics of, int criticality, long arrival, long now) => Policy switch
    {
        GatePolicy.Fcfs => 0,
        GatePolicy.Criticality => ScoreFunction.One / 5 * criticality,
        _ => score.Score(criticality, of.AverageTicks, now - arrival, InWindow(of, now)),
    };

    private long BucketTicks => options.RateWindowTicks / 60;

    private long Bucket(Workload workload, long now) =>
        (now + (long)(workload.Hash % (ulong)BucketTicks)) / BucketTicks;

    private long InWindow(Metrics of, long now)
    {
        if (of.CountedAt == now && of.CountedSize == of.Buckets.Count) return of.CountedSize;
        var newest = Bucket(of.Workload, now);
        while (of.Buckets.TryPeek(out var oldest) && oldest <= newest - 60) of.Buckets.Dequeue();
        of.CountedAt = now;
        return of.CountedSize = of.Buckets.Count;
    }

    private Metrics Of(Workload workload)
    {
        if (!_metrics.TryGetValue(workload, out var of)) _metrics[workload] = of = new Metrics(workload);
        return of;
    }

    private sealed class Metrics(Workload workload)
    {
        public readonly Workload Workload = workload;
        public readonly Queue<long> Buckets = new();
        public double? Average;
        public long BusyAt;
        public long CountedAt = -1;
        public int CountedSize;

        public long AverageTicks => (long)(Average ?? 0);
    }
}
