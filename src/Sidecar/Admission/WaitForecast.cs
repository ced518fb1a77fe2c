using Sidecar.Scheduling;
using Sidecar.Workloads;

namespace Sidecar.Admission;

/// <summary>
/// How fast the queue drains, and how many may be before a request of each criticality if it is to be sent before its
/// queue timeout. One writer at a time; pure.
/// </summary>
/// <remarks>
/// By Little's law a queue takes its length divided by its drain rate. Less is left for a request where more critical
/// ones arrive meanwhile and overtake it; the turns of the oldest (<see cref="GateOptions.OldestEvery"/>) are left.
/// Of the rates of the last 10 s and of the last minute those are taken that leave more hope, since long answers end
/// in waves; and nothing is said before <see cref="EvidenceMin"/> dispatches, or within a margin of a tenth.
/// </remarks>
internal sealed class WaitForecast(GateOptions options)
{
    internal const int EvidenceMin = 16;

    private const int RetryAfterSecondsMax = 60;
    private const double Margin = 1.1;
    private const long StepTicks = TimeSpan.TicksPerSecond / 10;
    private const int Levels = WorkloadContext.CriticalityMax;

    private readonly DrainRate _dispatchesLately = new(constantSeconds: 10);
    private readonly DrainRate _dispatchesOfMinute = new(constantSeconds: 60);
    private readonly DrainRate[] _arrivalsLately = Make(constantSeconds: 10);
    private readonly DrainRate[] _arrivalsOfMinute = Make(constantSeconds: 60);
    private readonly double[,] _overtaking = new double[Levels + 1, Levels + 1];
    private readonly int[] _aheadMax = new int[Levels + 1];
    private long _reckonedStep = -1;

    private double TimeoutSeconds => (double)options.QueueTimeoutTicks / TimeSpan.TicksPerSecond;

    /// <summary>The queue has another order from now on.</summary>
    internal void Follow(Scheduler scheduler)
    {
        _reckonedStep = -1;
        for (var level = 1; level <= Levels; level++)
        {
            for (var other = 1; other <= Levels; other++)
                _overtaking[level, other] = scheduler.OvertakenShare(new(level), new(other), options.QueueTimeoutTicks);
        }
    }

    internal void OnArrived(int criticality, long nowTicks)
    {
        _arrivalsLately[criticality].Count(nowTicks, 1);
        _arrivalsOfMinute[criticality].Count(nowTicks, 1);
    }

    /// <param name="nowTicks">Monotonic time.</param>
    /// <param name="dispatches">1 for a dispatch, -1 for one that turned out to be none.</param>
    internal void OnDispatched(long nowTicks, int dispatches)
    {
        _dispatchesLately.Count(nowTicks, dispatches);
        _dispatchesOfMinute.Count(nowTicks, dispatches);
    }

    /// <summary>Dispatches per second, lately.</summary>
    internal double DispatchesPerSecond(long nowTicks) => _dispatchesLately.PerSecond(nowTicks);

    /// <summary>With more than so many before it a request times out; reckoned anew ten times a second.</summary>
    internal int AheadMax(int criticality, long nowTicks)
    {
        var step = nowTicks / StepTicks;
        if (step != _reckonedStep)
        {
            _reckonedStep = step;
            for (var level = 1; level <= Levels; level++) _aheadMax[level] = Reckon(level, nowTicks);
        }
        return _aheadMax[criticality];
    }

    /// <inheritdoc cref="Gate.RetryAfterSeconds"/>
    internal int RetryAfterSeconds(int queued, bool isOpen, long nowTicks) =>
        queued == 0 && isOpen ? 1 : Whole((queued + 1) / DispatchesPerSecond(nowTicks));

    /// <inheritdoc cref="Gate.HopeAfterSeconds"/>
    internal int HopeAfterSeconds(int queued, long nowTicks) => Whole(queued / PerSecond(nowTicks) - TimeoutSeconds);

    private int Reckon(int level, long nowTicks)
    {
        if (TimeoutSeconds == 0 || _dispatchesOfMinute.Evidence(nowTicks) < EvidenceMin) return int.MaxValue;
        var perSecond = PerSecond(nowTicks);
        var overtaking = 0d;
        for (var other = 1; other <= Levels; other++)
        {
            overtaking += _overtaking[level, other] * Math.Min(
                _arrivalsLately[other].PerSecond(nowTicks), _arrivalsOfMinute[other].PerSecond(nowTicks));
        }
        var turns = options.OldestEvery > 0 ? perSecond / options.OldestEvery : 0;
        var left = Math.Max(perSecond - overtaking, turns);
        return (int)Math.Min(Margin * left * TimeoutSeconds, int.MaxValue);
    }

    private static int Whole(double seconds) =>
        seconds < RetryAfterSecondsMax ? Math.Max(1, (int)Math.Ceiling(seconds)) : RetryAfterSecondsMax;

    private double PerSecond(long nowTicks) =>
        Math.Max(_dispatchesLately.PerSecond(nowTicks), _dispatchesOfMinute.PerSecond(nowTicks));

    private static DrainRate[] Make(double constantSeconds) =>
        [.. Enumerable.Range(0, Levels + 1).Select(_ => new DrainRate(constantSeconds))];
}
