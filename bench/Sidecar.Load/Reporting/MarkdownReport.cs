using System.Globalization;
using System.Text;
using HdrHistogram;

namespace Sidecar.Load.Reporting;

/// <summary>A record for <c>profiles/measurements</c>: what was measured, on what, and what came out.</summary>
public static class MarkdownReport
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    public static void Write(
        string path, Record record, IReadOnlyList<TargetPool> pools, IReadOnlyList<Comparison> comparisons,
        IReadOnlyList<Verdict> verdicts)
    {
        var text = new StringBuilder();
        text.AppendLine(Invariant, $"# {record.Title}, {DateTime.UtcNow:yyyy-MM-dd}").AppendLine();
        text.AppendLine(Invariant, $"- commit: {record.Commit}");
        text.AppendLine(Invariant, $"- load: {record.Load}.");
        text.AppendLine(Invariant, $"- machine: {MachineDescription.Read()}.");
        foreach (var note in record.Notes) text.AppendLine(Invariant, $"- {note}");
        text.AppendLine().AppendLine(
            "Times in milliseconds from the intended send time (open loop), of all runs together.");
        AppendFirstTokens(text, pools);
        AppendRequests(text, pools);
        AppendComparisons(text, comparisons);
        if (verdicts.Count > 0) text.AppendLine();
        foreach (var verdict in verdicts) text.AppendLine(Invariant, $"- {verdict.Line}");
        AppendRuns(text, pools);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, text.ToString());
    }

    private static void AppendFirstTokens(StringBuilder text, IReadOnlyList<TargetPool> pools)
    {
        text.AppendLine().AppendLine("## Time to first token").AppendLine();
        text.AppendLine("n are all requests. Unserved are those not answered 200, or not to the end; each");
        text.Append("of them counts as the longest wait, until the run gave it up. ");
        text.AppendLine(Invariant, $"A p99 is told of at least {Tail.SamplesMin}.");
        text.AppendLine().AppendLine("| criticality | target | n | unserved | p50 | p50 of one run | p99 | longest |");
        text.AppendLine("|---|---|---:|---:|---:|---:|---:|---:|");
        for (var i = 0; i < pools[0].Pooled.Classes.Length; i++)
        {
            foreach (var pool in pools)
            {
                var one = pool.Pooled.Classes[i];
                var medians = pool.Runs.Select(run => Table.Milliseconds(run.Run.Classes[i].FirstToken, 50)).ToArray();
                text.AppendLine(Invariant,
                    $"| {one.Class.Criticality} | {pool.Name} | {one.FirstToken.TotalCount} | {one.Unserved} "
                    + $"| {Table.Milliseconds(one.FirstToken, 50):F1} | {medians.Min():F1} to {medians.Max():F1} "
                    + $"| {Tail.P99Text(one.FirstToken)} | {Table.Milliseconds(one.FirstToken, 100):F1} |");
            }
        }
    }

    private static void AppendRequests(StringBuilder text, IReadOnlyList<TargetPool> pools)
    {
        text.AppendLine().AppendLine("## Requests").AppendLine().AppendLine(
            "| target | criticality | requests | status | inter-token p50 / p99 | total p50 / p99 | tokens/s |");
        text.AppendLine("|---|---|---:|---|---:|---:|---:|");
        foreach (var pool in pools)
        {
            foreach (var one in pool.Pooled.Classes)
                text.AppendLine(Invariant,
                    $"| {pool.Name} | {one.Class.Criticality} | {one.Requests} | {Table.Statuses(one)} "
                    + $"| {Pair(one.InterToken)} | {Pair(one.Total)} | {one.Tokens / pool.Pooled.Seconds:F0} |");
            text.AppendLine(Invariant,
                $"| {pool.Name} | all | {pool.Pooled.Requests} | {pool.Pooled.Failed} unserved | | "
                + $"| {pool.Pooled.TokensPerSecond:F0} |");
        }
    }

    private static void AppendComparisons(StringBuilder text, IReadOnlyList<Comparison> comparisons)
    {
        text.AppendLine().AppendLine("| comparison | tokens/s | first token shorter by (p50 / p99, by criticality) |");
        text.AppendLine("|---|---|---|");
        foreach (var comparison in comparisons)
            text.AppendLine(Invariant,
                $"| {comparison.Title} | x {comparison.Throughput:F3} | {Table.Gains(comparison)} |");
    }

    private static void AppendRuns(StringBuilder text, IReadOnlyList<TargetPool> pools)
    {
        text.AppendLine().AppendLine("## Runs").AppendLine();
        text.AppendLine("| target | seed | turn | tokens/s | unserved | longest first token, by criticality |");
        text.AppendLine("|---|---|---|---:|---:|---|");
        foreach (var pool in pools)
        {
            foreach (var (seed, turn, run) in pool.Runs)
            {
                var tails = run.Classes.Select(one => string.Create(Invariant,
                    $"{one.Class.Criticality}: {Table.Milliseconds(one.FirstToken, 100):F0} "
                    + $"(n {one.FirstToken.TotalCount})"));
                text.AppendLine(Invariant,
                    $"| {pool.Name} | {seed} | {turn} | {run.TokensPerSecond:F0} | {run.Failed} "
                    + $"| {string.Join("; ", tails)} |");
            }
        }
    }

    private static string Pair(HistogramBase histogram) => string.Create(
        Invariant, $"{Table.Milliseconds(histogram, 50):F1} / {Tail.P99Text(histogram)}");
}
