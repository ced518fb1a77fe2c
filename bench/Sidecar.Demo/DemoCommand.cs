using System.Text.Json;
using Sidecar.CommandLine;

namespace Sidecar.Demo;

/// <summary>Shows who goes first, and why, on the published binary: five scenarios, each with its verdict.</summary>
public static class DemoCommand
{
    private const string Usage = "Sidecar.Demo [--binary artifacts/publish/sidecar] [--pace 300ms] [--only N]";

    public static async Task<int> RunAsync(string[] args, CancellationToken stop)
    {
        var arguments = Arguments.Parse(args, ["binary", "pace", "only"], "help");
        if (arguments.Has("help"))
        {
            Console.WriteLine(Usage);
            return 0;
        }
        var binary = Path.GetFullPath(arguments.Text("binary", "artifacts/publish/sidecar"));
        if (!File.Exists(binary)) throw new UsageException($"no binary at {binary}; scripts/publish makes it");
        var pace = TimeSpan.FromSeconds(arguments.Seconds("pace", Console.IsOutputRedirected ? 0.001 : 0.3, 10));
        var only = arguments.Integer("only", 0, 0, Scenarios.All.Count);
        var screen = new DemoScreen();
        Console.WriteLine("The model server takes one request at a time (SIDECAR_CONCURRENCY=1); it is busy while the "
            + "others arrive.\nEach time it ends one, the sidecar sends the queued request of the highest score.");
        var failed = 0;
        for (var number = 1; number <= Scenarios.All.Count; number++)
        {
            if (only != 0 && only != number) continue;
            var scenario = Scenarios.All[number - 1];
            screen.Begin(number, scenario);
            var fault = await PlayAsync(binary, scenario, screen, pace, stop);
            screen.End(fault, scenario.Expected);
            if (fault is not null) failed++;
        }
        Console.WriteLine();
        Console.WriteLine(failed == 0 ? "All scenarios passed." : $"{failed} scenario(s) FAILED.");
        return failed == 0 ? 0 : 1;
    }

    private static async Task<string?> PlayAsync(
        string binary, Scenario scenario, DemoScreen screen, TimeSpan pace, CancellationToken stop)
    {
        try
        {
            using var upstream = new HeldUpstream();
            await using var sidecar = await SidecarUnderDemo.StartAsync(binary, upstream.Address, scenario.Settings);
            return await new Stage(sidecar, upstream, screen, pace).PlayAsync(scenario, stop);
        }
        catch (Exception fault) when (fault is DemoFailure or InvalidOperationException or HttpRequestException
            or TimeoutException or JsonException or KeyNotFoundException)
        {
            return fault.Message;
        }
    }
}
