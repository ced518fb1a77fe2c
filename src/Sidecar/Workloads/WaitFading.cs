namespace Sidecar.Workloads;

/// <summary>
/// How a moving average of waits fades while nothing of its workload is queued: halved in each half-life, so that a
/// workload does not stand for good on an overload that is over. Pure; the one place where that is reckoned.
/// </summary>
internal static class WaitFading
{
    /// <summary>
    /// An idle time below this part of the half-life changes nothing: it would be less than a thousandth, and a busy
    /// workload pays for no power. It still counts in a longer one.
    /// </summary>
    private const long Grain = 1024;

    /// <param name="averageTicks">Ticks of 100 ns; NaN, where there is no average yet, stays so.</param>
    /// <param name="idleTicks">Below 0 counts as none.</param>
    /// <param name="halfLifeTicks">Above 0.</param>
    internal static double Faded(double averageTicks, long idleTicks, long halfLifeTicks) =>
        // Below a tick an average counts as 0 already.
        averageTicks >= 1 && idleTicks > halfLifeTicks / Grain
            ? averageTicks * double.Exp2(-(double)idleTicks / halfLifeTicks)
            : averageTicks;
}
