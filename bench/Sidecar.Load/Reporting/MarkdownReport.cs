using System.Globalization;
using System.Text;
using HdrHistogram;

namespace Sidecar.Load.Reporting;

/// <summary>A record for <c>profiles/measurements</c>: what was measured, on what, and what came out.</summary>
public static class MarkdownReport
{
    public static void Write(
        string path, string title, string load, IReadOnlyList<string> notes, IReadOnlyList<TargetPool> pools,
        IReadOnlyList<Comparison> comparisons, IReadOnlyList<Verdict> verdicts)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# {title}, {DateTime.UtcNow:yyyy-MM-dd}");
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"- Load: {load}.");
        text.AppendLine(CultureInfo.InvariantCulture, $"- Machine: {MachineDescription.Read()}.");
        foreach (var note in notes) text.AppendLine(CultureInfo.InvariantCulture, $"- {note}");
        text.AppendLine().AppendLine(
            "Times in milliseconds from the intended send time (open loop); p50 / p99 of all seeds together.");
        text.AppendLine().AppendLine(
            "| target | criticality | requests | status | first token | inter-token | total | tokens/s |");
        text.AppendLine("|---|---|---|---|---|---|---|---|");
        foreach (var pool in pools) AppendRows(text, pool);
        AppendComparisons(text, comparisons);
        if (verdicts.Count > 0) text.AppendLine();
        foreach (var verdict in verdicts) text.AppendLine(CultureInfo.InvariantCulture, $"- {verdict.Line}");
        AppendSeeds(text, pools);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, text.ToString());
    }

    private static void AppendRows(StringBuilder text, TargetPool pool)
    {
        foreach (var one in pool.Pooled.Classes)
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {pool.Name} | {one.Class.Criticality} | {one.Requests} | {Table.Statuses(one)} "
                + $"| {Pair(one.FirstToken)} | {Pair(one.InterToken)} | {Pair(one.Total)} "
                + $"| {one.Tokens / pool.Pooled.Seconds:F0} |");
        text.AppendLine(CultureInfo.InvariantCulture,
            $"| {pool.Name} | all | {pool.Pooled.Requests} | | | | | {pool.Pooled.TokensPerSecond:F0} |");
    }

    private static void AppendComparisons(StringBuilder text, IReadOnlyList<Comparison> comparisons)
    {
        text.AppendLine().AppendLine("| comparison | tokens/s | first token shorter by (p50 / p99, by criticality) |");
        text.AppendLine("|---|---|---|");
        foreach (var comparison in comparisons)
        {
            var gains = comparison.FirstTokenGains(50).Zip(comparison.FirstTokenGains(99), (half, most) =>
                string.Create(CultureInfo.InvariantCulture,
                    $"{half.Class.Class.Criticality}: {half.Gain:F2} / {most.Gain:F2}"));
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {comparison.Title} | x {comparison.Throughput:F3} | {string.Join("; ", gains)} |");
        }
    }

    private static void AppendSeeds(StringBuilder text, IReadOnlyList<TargetPool> pools)
    {
        text.AppendLine().AppendLine("| target | seed | tokens/s | p99 of the first token, by criticality |");
        text.AppendLine("|---|---|---|---|");
        foreach (var pool in pools)
        {
            foreach (var (seed, run) in pool.Runs)
            {
                var tails = run.Classes.Select(one => string.Create(CultureInfo.InvariantCulture,
                    $"{one.Class.Criticality}: {Table.Milliseconds(one.FirstToken, 99):F0}"));
                text.AppendLine(CultureInfo.InvariantCulture,
                    $"| {pool.Name} | {seed} | {run.TokensPerSecond:F0} | {string.Join("; ", tails)} |");
            }
        }
    }

    private static string Pair(HistogramBase histogram) => string.Create(CultureInfo.InvariantCulture,
        $"{Table.Milliseconds(histogram, 50):F1} / {Table.Milliseconds(histogram, 99):F1}");
}
