using Sidecar.CommandLine;
using Sidecar.Load.Reporting;
using Sidecar.Load.Running;

namespace Sidecar.Load.Commands;

/// <summary>One target, one or several seeds pooled.</summary>
public static class RunCommand
{
    public const string Usage = "run --target URL (--rate R | --trace …) [--seeds 1,2] [--json FILE]";

    public static async Task<int> RunAsync(string[] args, CancellationToken stop)
    {
        var arguments = Arguments.Parse(args, ["target", "seeds", "json", .. LoadArguments.Names], LoadArguments.Flags);
        var target = LoopbackTarget.Parse(arguments.Required("target"));
        var pool = new TargetPool("target", target);
        foreach (var seed in LoadArguments.Seeds(arguments.Text("seeds", "1")))
            pool.Add(seed, 1, await new OpenLoop(
                target, LoadArguments.Plan(arguments, seed), LoadArguments.Options(arguments)).RunAsync(stop));
        Table.Write(Console.Out, pool);
        if (arguments.Has("json"))
            JsonReport.Write(
                arguments.Text("json"),
                new Record("Run", "not recorded", LoadArguments.Describe(arguments), []),
                [pool]);
        return pool.Pooled.AllOk ? 0 : 1;
    }
}
