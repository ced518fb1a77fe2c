using Sidecar.Load.CommandLine;
using Sidecar.Load.Reporting;
using Sidecar.Load.Running;

namespace Sidecar.Load.Commands;

/// <summary>The same arrivals to several targets in turns (A B, A B, once per seed), so that a machine that drifts
/// treats all alike; then the samples of all seeds pooled. The first target is the baseline.</summary>
public static class CompareCommand
{
    public const string Usage =
        "compare --target NAME=URL --target NAME=URL … (--rate R | --trace …) [--seeds 1,2,3] [--json FILE]\n"
        + "          [--markdown FILE --title TEXT --note TEXT …] [--machine-lock FILE]\n"
        + "          [--judge NAME --first-token-gain 6 --throughput-loss 0.03]";

    public static async Task<int> RunAsync(string[] args, CancellationToken stop)
    {
        var arguments = Arguments.Parse(
            args,
            ["target", "seeds", "json", "markdown", "title", "note", "machine-lock", "judge", "first-token-gain",
             "throughput-loss", .. LoadArguments.Names],
            LoadArguments.Flags);
        var pools = arguments.All("target").Select(ParseTarget).ToArray();
        if (pools.Length is < 2 or > 8) throw new UsageException("compare takes two to eight --target NAME=URL");
        var judged = arguments.Has("judge")
            ? pools.FirstOrDefault(pool => pool.Name == arguments.Text("judge"))
                ?? throw new UsageException("--judge names none of the targets")
            : null;
        var seeds = LoadArguments.Seeds(arguments.Text("seeds", "1,2,3"));
        foreach (var seed in seeds)
        {
            foreach (var pool in pools) await TurnAsync(arguments, seed, pool, stop);
        }

        Comparison[] comparisons = [.. pools.Skip(1).Select(pool => new Comparison(pools[0], pool))];
        Verdict[] verdicts = judged is null ? [] : [.. new Comparison(pools[0], judged).Judge(
            arguments.Number("first-token-gain", 6, 0, 1000), arguments.Number("throughput-loss", 0.03, 0, 1))];
        foreach (var pool in pools) Table.Write(Console.Out, pool);
        foreach (var comparison in comparisons) Table.Write(Console.Out, comparison);
        foreach (var verdict in verdicts) Console.WriteLine(verdict.Line);

        var load = $"{LoadArguments.Describe(arguments)}; seeds {string.Join(", ", seeds)}, pooled";
        if (arguments.Has("json")) JsonReport.Write(arguments.Text("json"), load, pools);
        if (arguments.Has("markdown"))
            MarkdownReport.Write(
                arguments.Text("markdown"), arguments.Text("title", "Comparison"), load, arguments.All("note"),
                pools, comparisons, verdicts);
        return verdicts.All(verdict => verdict.Holds) && pools.All(pool => pool.Pooled.AllOk) ? 0 : 1;
    }

    private static async Task TurnAsync(Arguments arguments, int seed, TargetPool pool, CancellationToken stop)
    {
        using var held = arguments.Has("machine-lock")
            ? await MachineLock.TakeAsync(arguments.Text("machine-lock"), stop)
            : null;
        Console.Error.WriteLine($"seed {seed}, {pool.Name}:");
        var options = LoadArguments.Options(arguments);
        var run = await new OpenLoop(pool.Target, LoadArguments.Plan(arguments, seed), options).RunAsync(stop);
        pool.Add(seed, run);
    }

    private static TargetPool ParseTarget(string text) => text.IndexOf('=') is > 0 and var at
        ? new TargetPool(text[..at], LoopbackTarget.Parse(text[(at + 1)..]))
        : throw new UsageException($"'{text}' is not NAME=URL");
}
