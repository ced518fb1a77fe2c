using System.Globalization;
using HdrHistogram;
using Sidecar.Load.Running;

namespace Sidecar.Load.Reporting;

/// <summary>The tables that a person reads.</summary>
public static class Table
{
    public const string Header =
        "crit requests unserved    tokens/s |  first token ms: p50         p99     longest"
        + " | inter-token: p50         p99 | total: p50         p99 | status";

    public static void Write(TextWriter output, TargetPool pool)
    {
        var run = pool.Pooled;
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{pool.Name}: {pool.Runs.Count} run(s), {run.Requests} requests in {run.Seconds:F1} s, "
            + $"{run.TokensPerSecond:F0} tokens/s"));
        output.WriteLine(Header);
        foreach (var one in run.Classes) output.WriteLine(Row(one, run.Seconds));
        var lateness = run.Classes.Max(one => Milliseconds(one.Lateness, 99));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"     sent late by (p99): {lateness:F1} ms (counted into every figure above)"));
        if (!run.AllOk) output.WriteLine("     unserved ones count as the longest wait, until the run gave them up");
    }

    public static void Write(TextWriter output, Comparison comparison)
    {
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{comparison.Title}: tokens/s x {comparison.Throughput:F3}; time to first token shorter by (p50 / p99)"));
        output.WriteLine($"  {Gains(comparison)}");
    }

    /// <summary>By class, how many times shorter the time to first token is.</summary>
    public static string Gains(Comparison comparison) => string.Join("; ", comparison.FirstTokenGains().Select(
        gain => string.Create(CultureInfo.InvariantCulture, $"{gain.Class.Class.Criticality}: {gain.Half:F2} / ")
            + (gain.Most?.ToString("F2", CultureInfo.InvariantCulture) ?? Tail.TooFew)));

    public static double Milliseconds(HistogramBase histogram, double percentile) =>
        histogram.TotalCount == 0 ? 0 : histogram.GetValueAtPercentile(percentile) / 1000.0;

    public static string StatusName(int status) =>
        status == ClassTally.Lost ? "lost" : status.ToString(CultureInfo.InvariantCulture);

    public static string Statuses(ClassTally tally) =>
        string.Join(' ', tally.Statuses.Select(pair => $"{StatusName(pair.Status)}:{pair.Count}"));

    private static string Row(ClassTally one, double seconds)
    {
        double Of(HistogramBase histogram, double percentile) => Milliseconds(histogram, percentile);
        return string.Create(CultureInfo.InvariantCulture,
            $"{one.Class.Criticality,4} {one.Requests,8} {one.Unserved,8} {one.Tokens / seconds,11:F1} |")
            + string.Create(CultureInfo.InvariantCulture,
                $" {Of(one.FirstToken, 50),19:F1} {Tail.P99Text(one.FirstToken),11} {Of(one.FirstToken, 100),11:F1} |")
            + string.Create(CultureInfo.InvariantCulture,
                $" {Of(one.InterToken, 50),16:F2} {Tail.P99Text(one.InterToken),11} |")
            + string.Create(CultureInfo.InvariantCulture,
                $" {Of(one.Total, 50),10:F1} {Tail.P99Text(one.Total),11} | {Statuses(one)}");
    }
}
