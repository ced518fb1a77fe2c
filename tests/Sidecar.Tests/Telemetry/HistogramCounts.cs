using Sidecar.Telemetry;

namespace Sidecar.Tests.Telemetry;

internal static class HistogramCounts
{
    /// <summary>How many there were, in whatever bucket.</summary>
    internal static long Observations(this Histogram histogram)
    {
        var counts = new long[histogram.UpperBounds.Length + 1];
        histogram.CopyCountsTo(counts);
        return counts.Sum();
    }
}
