using System.Diagnostics;
using System.Globalization;

namespace Sidecar.Fuzz.Upstream;

/// <summary>The command line of the comparison with llhttp.</summary>
internal static class UpstreamCommand
{
    internal static async Task<bool> RunAsync(int requests, int seed, TextWriter output)
    {
        var clock = Stopwatch.StartNew();
        var run = new UpstreamRun("artifacts/publish/sidecar", seed);
        await run.RunAsync(requests, Report);
        Report(run);
        foreach (var fault in run.Faults) output.WriteLine($"upstream: {fault}");
        return run.Faults.Count == 0;

        void Report(UpstreamRun progress) => output.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"upstream {progress.Requests,10:N0} requests sent; ")
            + string.Create(CultureInfo.InvariantCulture, $"{progress.ReadBySidecar:N0} read by the sidecar, ")
            + string.Create(CultureInfo.InvariantCulture, $"{progress.ReadByNode:N0} by Node, ")
            + string.Create(CultureInfo.InvariantCulture, $"{progress.RefusedByNode:N0} refused by it; ")
            + string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds:N0} s"));
    }
}
