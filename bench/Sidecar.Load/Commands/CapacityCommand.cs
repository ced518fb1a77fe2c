using System.Globalization;
using Sidecar.Load.Arrivals;
using Sidecar.CommandLine;
using Sidecar.Load.Running;

namespace Sidecar.Load.Commands;

/// <summary>How many requests a second the target ends when it is kept exactly full. The number alone goes to
/// standard output, for scripts.</summary>
public static class CapacityCommand
{
    public const string Usage = "capacity --target URL --in-flight 4 [--prompt 16] [--tokens 64] [--duration 8s]";

    private const double WarmUpSeconds = 2;

    public static async Task<int> RunAsync(string[] args, CancellationToken stop)
    {
        var arguments = Arguments.Parse(
            args, ["target", "in-flight", "prompt", "tokens", "duration", "model"], "whole", "quiet");
        var shape = new Arrival(0, 0, LoadArguments.Prompt(arguments), LoadArguments.Tokens(arguments));
        var perSecond = await ClosedLoop.MeasureAsync(
            LoopbackTarget.Parse(arguments.Required("target")),
            new RequestClass(3, 1, "capacity"),
            shape,
            arguments.Integer("in-flight", 4, 1, 1024),
            WarmUpSeconds,
            arguments.Seconds("duration", 8, 600),
            LoadArguments.Options(arguments),
            stop);
        Console.WriteLine(perSecond.ToString("F2", CultureInfo.InvariantCulture));
        return 0;
    }
}
