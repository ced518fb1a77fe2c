using System.Globalization;
using HdrHistogram;

namespace Sidecar.Load.Reporting;

/// <summary>The slow end of a distribution, as far as its samples carry it.</summary>
public static class Tail
{
    /// <summary>With fewer, the p99 is one of the two longest samples, and another run gives another.</summary>
    public const long SamplesMin = 200;

    public const string TooFew = "n too small";

    /// <returns>Milliseconds; null where the samples are too few.</returns>
    public static double? P99(HistogramBase histogram) =>
        histogram.TotalCount >= SamplesMin ? Table.Milliseconds(histogram, 99) : null;

    public static string P99Text(HistogramBase histogram) =>
        P99(histogram)?.ToString("F1", CultureInfo.InvariantCulture) ?? TooFew;

    /// <returns>How many times shorter the first's p99 is; null where either has too few samples.</returns>
    public static double? Gain(HistogramBase mine, HistogramBase theirs) =>
        P99(mine) is { } shorter && P99(theirs) is { } longer ? longer / Math.Max(0.001, shorter) : null;
}
