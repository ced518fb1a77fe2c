using System.Globalization;

namespace Sidecar.Load.Trials;

/// <summary>Normal requests alone and beside a crowd, in turns: their latency, and what the crowd costs.</summary>
internal sealed class CrowdTrial(TrialSidecar sidecar, CrowdShape shape, TextWriter output)
{
    private const double RatioMax = 1.5;
    private const int BytesPerIdleMax = 8 * 1024;
    private const int PerSecond = 500, Connections = 16;

    /// <summary>True when latency, memory and cuts are within their bounds.</summary>
    internal async Task<bool> RunAsync()
    {
        await ProbeAsync("warm-up", shape.Alone);
        List<double> alone = [], beside = [];
        var isGood = true;
        var before = sidecar.ResidentBytes;
        long most = 0;
        for (var round = 0; round < shape.Rounds; round++)
        {
            alone.Add(await ProbeAsync("alone", shape.Alone));
            using var crowd = new Crowd(sidecar.Data, shape.Idle, shape.SlowHeads, shape.SlowReaders);
            await crowd.ArriveAsync();
            var acting = Task.Run(() => crowd.ActAsync(shape.Beside));
            beside.Add(await ProbeAsync("beside the crowd", shape.Beside));
            most = Math.Max(most, sidecar.ResidentBytes);
            await acting;
            output.WriteLine($"  {crowd.Idle} of {shape.Idle} idle connections stayed, {crowd.CutHeads} slow heads "
                + $"were cut and replaced, {crowd.CutReaders} slow readers cut");
            isGood &= crowd.Idle == shape.Idle && crowd.CutReaders == 0;
        }
        var ratio = Median(beside) / Median(alone);
        var perIdle = (most - before) / (double)shape.Idle;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"p99 {Median(alone):F2} ms alone, {Median(beside):F2} ms beside: {ratio:F2} times (at most {RatioMax})"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"resident {before / 1048576.0:F1} MiB before, {most / 1048576.0:F1} MiB with the crowd: ")
            + string.Create(CultureInfo.InvariantCulture, $"{perIdle / 1024:F2} KiB per idle connection (below 8)"));
        return isGood && ratio <= RatioMax && perIdle < BytesPerIdleMax;
    }

    private async Task<double> ProbeAsync(string name, TimeSpan duration)
    {
        var probe = new OpenLoopProbe(sidecar.Data, PerSecond, Connections);
        var processorBefore = sidecar.ProcessorTime;
        await probe.RunAsync(duration);
        var processor = sidecar.ProcessorTime - processorBefore;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-17} {probe.Count} requests, {probe.Failed} failed, p50 {probe.P50Milliseconds:F2} ms, ")
            + string.Create(CultureInfo.InvariantCulture, $"p99 {probe.P99Milliseconds:F2} ms, ")
            + string.Create(CultureInfo.InvariantCulture, $"processor {100 * processor / duration:F1} %, ")
            + string.Create(CultureInfo.InvariantCulture, $"resident {sidecar.ResidentBytes / 1048576.0:F1} MiB"));
        return probe.Failed == 0 ? probe.P99Milliseconds : double.MaxValue;
    }

    private static double Median(List<double> values) => values.Order().ElementAt((values.Count - 1) / 2);
}
