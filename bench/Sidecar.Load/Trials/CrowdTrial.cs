using System.Globalization;
using System.Net;
using HdrHistogram;

namespace Sidecar.Load.Trials;

/// <summary>
/// Normal requests alone and beside a crowd, in turns: their latency, and what the crowd costs. Probe, crowd and model
/// server are processes of their own.
/// </summary>
internal sealed class CrowdTrial(TrialSidecar sidecar, IPEndPoint visited, CrowdShape shape, TextWriter output)
{
    private const double RatioMax = 1.5;
    private const int BytesPerIdleMax = 8 * 1024;
    private const int PerSecond = 500, Connections = 16;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    private readonly LongHistogram _alone = new(60_000_000, 3), _beside = new(60_000_000, 3);
    private long _residentMost;

    /// <summary>True when latency, memory and cuts are within their bounds.</summary>
    internal async Task<bool> RunAsync()
    {
        await ProbeAsync("warm-up", shape.Alone, null);
        var before = sidecar.ResidentBytes;
        var isGood = true;
        for (var round = 0; round < shape.Rounds; round++)
        {
            isGood &= await ProbeAsync("alone", shape.Alone, _alone);
            isGood &= await BesideAsync();
        }
        isGood &= await ProbeAsync("alone again", shape.Alone, _alone);
        return Judge(before) && isGood;
    }

    private async Task<bool> BesideAsync()
    {
        var acting = shape.Beside + 2 * Settling;
        await using var guests = CompanionProcess.Start(
            "guests", "--sidecar", $"{visited}", "--idle", $"{shape.Idle}", "--slow-heads", $"{shape.SlowHeads}",
            "--slow-readers", $"{shape.SlowReaders}",
            "--beside", string.Create(CultureInfo.InvariantCulture, $"{acting.TotalSeconds}s"));
        await guests.ReadAsync();
        output.WriteLine($"  the crowd is there: {shape.Idle} idle, {shape.SlowHeads} slow heads, "
            + $"{shape.SlowReaders} slow readers");
        // Its streams first fill what is between the model server and a client that reads slowly.
        await Task.Delay(Settling);
        var isGood = await ProbeAsync("beside the crowd", shape.Beside, _beside);
        var report = CrowdReport.Parse(await guests.ReadAsync());
        output.WriteLine($"  {report.Idle} of {shape.Idle} idle connections stayed; {report.CutHeads} slow heads "
            + $"were cut with 408 and replaced, {report.LostHeads} ended otherwise; slow readers took "
            + $"{report.ReadBytes / 1048576} MiB, {report.CutReaders} of them were cut");
        return isGood && report.Idle == shape.Idle && report.CutReaders == 0 && report.LostHeads == 0;
    }

    private async Task<bool> ProbeAsync(string name, TimeSpan duration, HistogramBase? sum)
    {
        var probe = new OpenLoopProbe(sidecar.Data, PerSecond, Connections);
        var processorBefore = sidecar.ProcessorTime;
        var running = probe.RunAsync(duration);
        while (!running.IsCompleted)
        {
            _residentMost = Math.Max(_residentMost, sidecar.ResidentBytes);
            await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(0.5)));
        }
        await running;
        sum?.Add(probe.Latencies);
        var processor = sidecar.ProcessorTime - processorBefore;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-17} {probe.Count} requests, {probe.Failed} failed, p50 {probe.P50Milliseconds:F2} ms, ")
            + string.Create(CultureInfo.InvariantCulture, $"p99 {probe.P99Milliseconds:F2} ms, ")
            + string.Create(CultureInfo.InvariantCulture, $"processor {100 * processor / duration:F1} % of a core, ")
            + string.Create(CultureInfo.InvariantCulture, $"resident {sidecar.ResidentBytes / 1048576.0:F1} MiB"));
        output.WriteLine("  slowest of each second, ms: " + string.Join(' ', probe.WorstMilliseconds.Select(
            worst => worst.ToString("F1", CultureInfo.InvariantCulture))));
        return probe.Failed == 0;
    }

    private bool Judge(long before)
    {
        var ratio = Ratio(99);
        var perIdle = (_residentMost - before) / (double)shape.Idle;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"p50 {Ratio(50):F2} times, p99 {ratio:F2} times that without the crowd (at most {RatioMax}), ")
            + string.Create(CultureInfo.InvariantCulture,
                $"{Milliseconds(_beside):F2} ms to {Milliseconds(_alone):F2} ms, all rounds pooled"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"resident {before / 1048576.0:F1} MiB before, at most {_residentMost / 1048576.0:F1} MiB with the crowd: ")
            + string.Create(CultureInfo.InvariantCulture, $"{perIdle / 1024:F2} KiB per idle connection (below 8)"));
        return ratio <= RatioMax && perIdle < BytesPerIdleMax;
    }

    private double Ratio(double percentile) =>
        _beside.GetValueAtPercentile(percentile) / (double)Math.Max(1, _alone.GetValueAtPercentile(percentile));

    private static double Milliseconds(HistogramBase histogram) => histogram.GetValueAtPercentile(99) / 1000.0;
}
