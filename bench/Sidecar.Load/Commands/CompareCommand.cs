using Sidecar.CommandLine;
using Sidecar.Load.Reporting;
using Sidecar.Load.Running;

namespace Sidecar.Load.Commands;

/// <summary>The same arrivals to several targets in turns, once per seed and in an order that rotates
/// (A B C, B C A, ...), so that a machine that drifts treats all alike; then the samples of all seeds pooled. The first
/// target is the baseline; what is judged is compared with each other one too.</summary>
public static class CompareCommand
{
    public const string Usage =
        "compare --target NAME=URL --target NAME=URL … (--rate R | --trace …) [--seeds 1,2,3] [--json FILE]\n"
        + "          [--markdown FILE --title TEXT --note TEXT …] [--commit TEXT]\n"
        + "          [--machine-lock FILE] [--may-lose NAME …]\n"
        + "          [--judge NAME --first-token-gain 6 --throughput-loss 0.03]";

    public static async Task<int> RunAsync(string[] args, CancellationToken stop)
    {
        var arguments = Arguments.Parse(
            args,
            ["target", "seeds", "json", "markdown", "title", "note", "commit", "machine-lock", "may-lose", "judge",
             "first-token-gain", "throughput-loss", .. LoadArguments.Names],
            LoadArguments.Flags);
        var pools = arguments.All("target").Select(ParseTarget).ToArray();
        if (pools.Length is < 2 or > 8) throw new UsageException("compare takes two to eight --target NAME=URL");
        var judged = arguments.Has("judge")
            ? pools.FirstOrDefault(pool => pool.Name == arguments.Text("judge"))
                ?? throw new UsageException("--judge names none of the targets")
            : null;
        var seeds = LoadArguments.Seeds(arguments.Text("seeds", "1,2,3"));
        for (var round = 0; round < seeds.Length; round++)
        {
            for (var turn = 0; turn < pools.Length; turn++)
                await TurnAsync(arguments, seeds[round], turn + 1, pools[(round + turn) % pools.Length], stop);
        }
        Comparison[] comparisons = [.. Pairs(pools, judged).Select(pair => new Comparison(pair.Baseline, pair.Target))];
        Verdict[] verdicts = judged is null ? [] : [.. new Comparison(pools[0], judged).Judge(
            arguments.Number("first-token-gain", 6, 0, 1000), arguments.Number("throughput-loss", 0.03, 0, 1))];
        foreach (var pool in pools) Table.Write(Console.Out, pool);
        foreach (var comparison in comparisons) Table.Write(Console.Out, comparison);
        foreach (var verdict in verdicts) Console.WriteLine(verdict.Line);

        var record = new Record(
            arguments.Text("title", "Comparison"), arguments.Text("commit", "not recorded"),
            $"{LoadArguments.Describe(arguments)}; seeds {string.Join(", ", seeds)}, a run of each",
            arguments.All("note"));
        if (arguments.Has("json")) JsonReport.Write(arguments.Text("json"), record, pools);
        if (arguments.Has("markdown"))
            MarkdownReport.Write(arguments.Text("markdown"), record, pools, comparisons, verdicts);
        var mayLose = arguments.All("may-lose");
        return verdicts.All(verdict => verdict.Holds)
            && pools.All(pool => mayLose.Contains(pool.Name) || pool.Pooled.AllOk) ? 0 : 1;
    }

    private static IEnumerable<(TargetPool Baseline, TargetPool Target)> Pairs(
        TargetPool[] pools, TargetPool? judged) =>
    [
        .. pools.Skip(1).Select(pool => (pools[0], pool)),
        .. pools.Skip(1).Where(pool => judged is not null && pool != judged).Select(pool => (pool, judged!)),
    ];

    private static async Task TurnAsync(
        Arguments arguments, int seed, int turn, TargetPool pool, CancellationToken stop)
    {
        using var held = arguments.Has("machine-lock")
            ? await MachineLock.TakeAsync(arguments.Text("machine-lock"), stop)
            : null;
        Console.Error.WriteLine($"seed {seed}, {pool.Name}:");
        var options = LoadArguments.Options(arguments);
        var run = await new OpenLoop(pool.Target, LoadArguments.Plan(arguments, seed), options).RunAsync(stop);
        pool.Add(seed, turn, run);
    }

    private static TargetPool ParseTarget(string text) => text.IndexOf('=') is > 0 and var at
        ? new TargetPool(text[..at], LoopbackTarget.Parse(text[(at + 1)..]))
        : throw new UsageException($"'{text}' is not NAME=URL");
}
