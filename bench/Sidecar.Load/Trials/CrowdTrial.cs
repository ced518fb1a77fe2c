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
    private readonly List<double> _secondsAlone = [], _secondsBeside = [];
    private long _residentMost;

    /// <summary>True when latency, memory and cuts are within their bounds.</summary>
    internal async Task<bool> RunAsync()
    {
        await ProbeAsync("warm-up", shape.Alone, null, null);
        var before = sidecar.ResidentBytes;
        var isGood = true;
        for (var round = 0; round < shape.Rounds; round++)
        {
            isGood &= await ProbeAsync("alone", shape.Alone, _alone, _secondsAlone);
            isGood &= await BesideAsync();
        }
        isGood &= await ProbeAsync("alone again", shape.Alone, _alone, _secondsAlone);
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
        var isGood = await ProbeAsync("beside the crowd", shape.Beside, _beside, _secondsBeside);
        var report = CrowdReport.Parse(await guests.ReadAsync());
        output.WriteLine($"  {report.Idle} of {shape.Idle} idle connections stayed; {report.CutHeads} slow heads "
            + $"were cut with 408 and replaced, {report.LostHeads} ended otherwise; slow readers took "
            + $"{report.ReadBytes / 1048576} MiB, {report.CutReaders} of them were cut");
        return isGood && report.Idle == shape.Idle && report.CutReaders == 0 && report.LostHeads == 0;
    }

    private async Task<bool> ProbeAsync(
        string name, TimeSpan duration, HistogramBase? sum, List<double>? seconds)
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
        seconds?.AddRange(probe.P99MillisecondsBySecond);
        var processor = sidecar.ProcessorTime - processorBefore;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-17} {probe.Count} requests, {probe.Failed} failed, p50 {probe.P50Milliseconds:F2} ms, ")
            + string.Create(CultureInfo.InvariantCulture, $"p99 {probe.P99Milliseconds:F2} ms, ")
            + string.Create(CultureInfo.InvariantCulture, $"processor {100 * processor / duration:F1} % of a core, ")
            + string.Create(CultureInfo.InvariantCulture, $"resident {sidecar.ResidentBytes / 1048576.0:F1} MiB"));
        output.WriteLine("  p99 of each second, ms: " + string.Join(' ', probe.P99MillisecondsBySecond.Select(
            second => second.ToString("F1", CultureInfo.InvariantCulture))));
        return probe.Failed == 0;
    }

    private bool Judge(long before)
    {
        // What else the machine does in one second says nothing of the next.
        var ratio = Median(_secondsBeside) / Median(_secondsAlone);
        var perIdle = (_residentMost - before) / (double)shape.Idle;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"p99 of a second, median of all: {Median(_secondsBeside):F2} ms beside the crowd, ")
            + string.Create(CultureInfo.InvariantCulture,
                $"{Median(_secondsAlone):F2} ms alone: {ratio:F2} times (at most {RatioMax})"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"all requests pooled: p50 {Ratio(50):F2} times, p99 {Ratio(99):F2} times, {Milliseconds(_beside):F2} ms ")
            + string.Create(CultureInfo.InvariantCulture, $"to {Milliseconds(_alone):F2} ms"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"resident {before / 1048576.0:F1} MiB before, at most {_residentMost / 1048576.0:F1} MiB with the crowd: ")
            + string.Create(CultureInfo.InvariantCulture, $"{perIdle / 1024:F2} KiB per idle connection (below 8)"));
        return ratio <= RatioMax && perIdle < BytesPerIdleMax;
    }

    private double Ratio(double percentile) =>
        _beside.GetValueAtPercentile(percentile) / (double)Math.Max(1, _alone.GetValueAtPercentile(percentile));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static double Milliseconds(HistogramBase histogram) => histogram.GetValueAtPercentile(99) / 1000.0;
}
