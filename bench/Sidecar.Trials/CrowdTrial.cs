using System.Globalization;
using System.Net;
using HdrHistogram;
using Sidecar.Testing;

namespace Sidecar.Trials;

/// <summary>
/// Normal requests alone and beside a crowd, in turns: their latency, and what the crowd costs. Probe, crowd and model
/// server are processes of their own.
/// </summary>
internal sealed class CrowdTrial(SidecarProcess sidecar, IPEndPoint visited, CrowdShape shape, TextWriter output)
{
    private const int BytesPerIdleMax = 8 * 1024;
    private const int PerSecond = 500, Connections = 16;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3), LeadIn = TimeSpan.FromSeconds(1);

    private readonly LongHistogram _alone = new(60_000_000, 3), _beside = new(60_000_000, 3);
    private readonly List<double> _secondsAlone = [], _secondsBeside = [];
    private long _residentMost;

    /// <summary>The most beside each crowd. Each finds what the ones before it have left.</summary>
    private readonly List<long> _residentBeside = [];

    /// <summary>True when latency, memory and cuts are within their bounds.</summary>
    internal async Task<bool> RunAsync()
    {
        output.WriteLine($"{sidecar.Settings}, all else as it comes; {PerSecond} POSTs a second on {Connections} "
            + "connections");
        await ProbeAsync("warm-up", shape.Alone, null, null);
        var before = sidecar.ResidentBytes;
        var isGood = true;
        for (var round = 0; round < shape.Rounds; round++)
        {
            isGood &= await ProbeAsync("alone", shape.Alone, _alone, _secondsAlone);
            isGood &= await BesideAsync(round + 1);
        }
        isGood &= await ProbeAsync("alone again", shape.Alone, _alone, _secondsAlone);
        return Judge(before) && isGood;
    }

    private async Task<bool> BesideAsync(int number)
    {
        _residentMost = 0;
        var acting = shape.Beside + LeadIn + 2 * Settling;
        await using var guests = CompanionProcess.Start(
            "guests", "--sidecar", $"{visited}", "--idle", $"{shape.Idle}", "--slow-heads", $"{shape.SlowHeads}",
            "--slow-readers", $"{shape.SlowReaders}",
            "--posting-readers", $"{shape.PostingReaders}", "--beside",
            string.Create(CultureInfo.InvariantCulture, $"{acting.TotalSeconds}s"));
        await guests.ReadAsync();
        output.WriteLine($"  crowd {number} is there: {shape.Idle} idle, {shape.SlowHeads} slow heads, "
            + $"{shape.SlowReaders} slow readers, {shape.PostingReaders} of them with a permit each");
        // Its streams first fill what is between the model server and a client that reads slowly.
        await Task.Delay(Settling);
        var isGood = await ProbeAsync($"beside crowd {number}", shape.Beside, _beside, _secondsBeside);
        var report = CrowdReport.Parse(await guests.ReadAsync());
        _residentBeside.Add(_residentMost);
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
        var running = probe.RunAsync(duration, LeadIn);
        while (!running.IsCompleted)
        {
            _residentMost = Math.Max(_residentMost, sidecar.ResidentBytes);
            await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(0.5)));
        }
        await running;
        sum?.Add(probe.Latencies);
        seconds?.AddRange(probe.P99MillisecondsBySecond);
        var processor = 100 * (sidecar.ProcessorTime - processorBefore) / (duration + LeadIn);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-17} {probe.Count} requests, {probe.Failed} failed, p50 {probe.P50Milliseconds:F2} ms, ")
            + string.Create(CultureInfo.InvariantCulture, $"p99 {probe.P99Milliseconds:F2} ms, ")
            + string.Create(CultureInfo.InvariantCulture, $"processor {processor:F1} % of a core, ")
            + string.Create(CultureInfo.InvariantCulture, $"resident {sidecar.ResidentBytes / 1048576.0:F1} MiB"));
        output.WriteLine("  p99 of each second, ms: " + string.Join(' ', probe.P99MillisecondsBySecond.Select(
            second => second.ToString("F1", CultureInfo.InvariantCulture))));
        return probe.Failed == 0;
    }

    /// <summary>The median of the seconds' p99 decides, as what else the machine does in one second says nothing of the
    /// next; the p99 of all requests pooled has that in it, and stands beside it.</summary>
    private bool Judge(long before)
    {
        var ratio = Median(_secondsBeside) / Median(_secondsAlone);
        var isSmall = true;
        var crowds = shape.Rounds == 1 ? "one crowd" : $"{shape.Rounds} crowds, one after the other";
        output.WriteLine();
        output.WriteLine($"| {sidecar.Settings}; {crowds} | alone | beside them | ratio |");
        output.WriteLine("|---|---:|---:|---:|");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| p99 of a second, median of {_secondsAlone.Count} and {_secondsBeside.Count} ")
            + string.Create(CultureInfo.InvariantCulture,
                $"| {Seconds(_secondsAlone)} | {Seconds(_secondsBeside)} | {ratio:F2}{Bound()} |"));
        foreach (var percentile in (ReadOnlySpan<double>)[99, 50])
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| p{percentile} of all requests pooled, n {_alone.TotalCount} and {_beside.TotalCount} ")
                + string.Create(CultureInfo.InvariantCulture,
                    $"| {Milliseconds(_alone, percentile):F2} ms | {Milliseconds(_beside, percentile):F2} ms ")
                + string.Create(CultureInfo.InvariantCulture,
                    $"| {Milliseconds(_beside, percentile) / Milliseconds(_alone, percentile):F2} |"));
        foreach (var (index, most) in _residentBeside.Index())
        {
            var perIdle = (most - before) / (double)shape.Idle;
            isSmall &= perIdle < BytesPerIdleMax;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| resident memory before all, and at most beside crowd {index + 1} | {before / 1048576.0:F1} MiB ")
                + string.Create(CultureInfo.InvariantCulture,
                    $"| {most / 1048576.0:F1} MiB | {perIdle / 1024:F2} KiB per idle one (below 8) |"));
        }
        output.WriteLine();
        return !(ratio > shape.RatioMax) && isSmall;
    }

    private string Bound() => shape.RatioMax is { } most
        ? string.Create(CultureInfo.InvariantCulture, $" (at most {most})")
        : " (too short to be judged)";

    /// <returns>The median with the least and the most.</returns>
    private static string Seconds(List<double> p99s) => string.Create(CultureInfo.InvariantCulture,
        $"{Median(p99s):F2} ms ({p99s.Min():F2} to {p99s.Max():F2})");

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static double Milliseconds(HistogramBase histogram, double percentile) =>
        Math.Max(1, histogram.GetValueAtPercentile(percentile)) / 1000.0;
}
