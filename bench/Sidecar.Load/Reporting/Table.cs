using System.Globalization;
using HdrHistogram;
using Sidecar.Load.Running;

namespace Sidecar.Load.Reporting;

/// <summary>The tables that a person reads.</summary>
public static class Table
{
    public const string Header =
        "crit workload            requests    tokens/s |  first token ms: p50     p99 | inter-token: p50    p99"
        + " | total: p50      p99 | status";

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
    }

    public static void Write(TextWriter output, Comparison comparison)
    {
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{comparison.Title}: tokens/s x {comparison.Throughput:F3}; time to first token shorter by the factor"));
        foreach (var ((tally, half), (_, most)) in
            comparison.FirstTokenGains(50).Zip(comparison.FirstTokenGains(99)))
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  criticality {tally.Class.Criticality}: p50 {half:F2}, p99 {most:F2}"));
    }

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
            $"{one.Class.Criticality,4} {one.Class.WorkloadId,-18} {one.Requests,9} {one.Tokens / seconds,11:F1} |")
            + string.Create(CultureInfo.InvariantCulture,
                $" {Of(one.FirstToken, 50),19:F1} {Of(one.FirstToken, 99),7:F1} |")
            + string.Create(CultureInfo.InvariantCulture,
                $" {Of(one.InterToken, 50),16:F2} {Of(one.InterToken, 99),6:F1} |")
            + string.Create(CultureInfo.InvariantCulture,
                $" {Of(one.Total, 50),10:F1} {Of(one.Total, 99),8:F1} | {Statuses(one)}");
    }
}
