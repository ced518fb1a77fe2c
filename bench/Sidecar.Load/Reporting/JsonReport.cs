using System.Text.Encodings.Web;
using System.Text.Json;
using HdrHistogram;
using Sidecar.Load.Running;

namespace Sidecar.Load.Reporting;

/// <summary>The same figures for programs: pooled, and each run. A p99 of too few samples is null;
/// unserved requests are in the times, as in <see cref="ClassTally.FirstToken"/>.</summary>
public static class JsonReport
{
    /// <summary>For people too: a plus sign stays one.</summary>
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(string path, Record record, IReadOnlyList<TargetPool> pools)
    {
        var report = new
        {
            taken = DateTimeOffset.UtcNow,
            commit = record.Commit,
            load = record.Load,
            notes = record.Notes,
            machine = MachineDescription.Read(),
            targets = pools.Select(pool => new
            {
                name = pool.Name,
                pooled = Shape(pool.Pooled),
                runs = pool.Runs.Select(run => new { seed = run.Seed, turn = run.Turn, outcome = Shape(run.Run) }),
            }),
        };
        File.WriteAllText(path, JsonSerializer.Serialize(report, Indented) + "\n");
    }

    private static object Shape(RunOutcome run) => new
    {
        seconds = Math.Round(run.Seconds, 3),
        requests = run.Requests,
        failed = run.Failed,
        tokens = run.Tokens,
        tokens_per_second = Math.Round(run.TokensPerSecond, 2),
        classes = run.Classes.Select(one => new
        {
            criticality = one.Class.Criticality,
            workload_id = one.Class.WorkloadId,
            requests = one.Requests,
            unserved = one.Unserved,
            tokens = one.Tokens,
            statuses = one.Statuses.ToDictionary(pair => Table.StatusName(pair.Status), pair => pair.Count),
            first_token_ms = Shape(one.FirstToken),
            inter_token_ms = Shape(one.InterToken),
            total_ms = Shape(one.Total),
            lateness_ms = Shape(one.Lateness),
        }),
    };

    private static object Shape(HistogramBase histogram) => new
    {
        samples = histogram.TotalCount,
        p50 = Table.Milliseconds(histogram, 50),
        p90 = Table.Milliseconds(histogram, 90),
        p99 = Tail.P99(histogram),
        max = Table.Milliseconds(histogram, 100),
    };
}
