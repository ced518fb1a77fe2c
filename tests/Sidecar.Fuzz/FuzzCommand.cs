using System.Diagnostics;
using System.Globalization;
using Sidecar.Fuzz.Upstream;

namespace Sidecar.Fuzz;

/// <summary>The command line: which targets, how much, and what is said of it.</summary>
internal static class FuzzCommand
{
    internal const string Usage = """
        usage: scripts/fuzz [--target head|chunks|response|context|all] [--bytes N] [--seconds N] [--seed N]
               scripts/fuzz --target upstream [--requests N] [--seed N]

        Reads mutated inputs with a parser and with its plain reference, and compares. Ends after so many bytes for each
        target (default 100000000) or so many seconds, with exit code 1 at the first difference, which it makes short,
        prints, and leaves in artifacts/fuzz. The same seed (default 1) gives the same inputs.

        The target upstream sends mutated requests (default 100000) through the published sidecar to Node's server, and
        compares what the sidecar, llhttp and the reference have read.
        """;

    private const int ExitDifference = 1, ExitUsage = 64;
    private static readonly TimeSpan ReportPeriod = TimeSpan.FromSeconds(5);

    internal static async Task<int> RunAsync(string[] arguments, TextWriter output)
    {
        var (target, bytes, seconds, seed, requests) = ("all", 100_000_000L, double.MaxValue, 1, 100_000);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            var isGood = arguments[i] switch
            {
                "--target" => FuzzTargets.Names.Append("all").Append("upstream").Contains(target = value),
                "--requests" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out requests),
                "--bytes" => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out bytes),
                "--seconds" => double.TryParse(value, CultureInfo.InvariantCulture, out seconds),
                "--seed" => int.TryParse(value, CultureInfo.InvariantCulture, out seed),
                _ => false,
            };
            if (isGood) continue;
            output.WriteLine(Usage);
            return arguments[i] == "--help" ? 0 : ExitUsage;
        }
        if (target == "upstream") return await UpstreamCommand.RunAsync(requests, seed, output) ? 0 : ExitDifference;
        var names = target == "all" ? FuzzTargets.Names : [target];
        return names.All(name => RunTarget(name, bytes, seconds, seed, output)) ? 0 : ExitDifference;
    }

    private static bool RunTarget(string name, long bytes, double seconds, int seed, TextWriter output)
    {
        var run = new FuzzRun(FuzzTargets.New(name), seed);
        var clock = Stopwatch.StartNew();
        var isGood = true;
        bool IsOver() => clock.Elapsed.TotalSeconds >= seconds;
        while (isGood && run.Bytes < bytes && !IsOver())
        {
            var reportAt = clock.Elapsed + ReportPeriod;
            isGood = run.Continue(bytes, () => IsOver() || clock.Elapsed >= reportAt);
            Report(name, run, clock.Elapsed, output);
        }
        if (isGood) return true;
        Directory.CreateDirectory("artifacts/fuzz");
        var file = $"artifacts/fuzz/{name}-{seed}-{run.Inputs}";
        File.WriteAllBytes(file, run.Culprit!);
        output.WriteLine($"{name}: a difference, in {file}:\n{FuzzRun.Escape(run.Culprit)}\n{run.Difference}");
        return false;
    }

    private static void Report(string name, FuzzRun run, TimeSpan elapsed, TextWriter output) => output.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{name,-9}{run.Bytes,14:N0} bytes {run.Inputs,12:N0} inputs ")
        + string.Create(CultureInfo.InvariantCulture, $"{100.0 * run.Accepted / run.Inputs,5:F1} % accepted ")
        + string.Create(CultureInfo.InvariantCulture, $"{run.Bytes / elapsed.TotalSeconds / 1e6,6:F1} MB/s"));
}
