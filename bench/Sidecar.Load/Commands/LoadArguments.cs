using Sidecar.Load.Arrivals;
using Sidecar.CommandLine;
using Sidecar.Load.Running;

namespace Sidecar.Load.Commands;

/// <summary>The options that describe a load, shared by all commands that send one.</summary>
public static class LoadArguments
{
    public static readonly string[] Names =
        ["rate", "classes", "prompt", "tokens", "trace", "speed", "skip", "token-scale", "token-max", "duration",
         "drain", "model"];

    public static readonly string[] Flags = ["whole", "quiet"];

    public static RunOptions Options(Arguments arguments) => new(
        DrainSeconds: arguments.Seconds("drain", 120, 3600),
        Stream: !arguments.Has("whole"),
        Model: arguments.Text("model", "tiny"),
        Progress: !arguments.Has("quiet"));

    public static ArrivalPlan Plan(Arguments arguments, int seed)
    {
        var seconds = arguments.Seconds("duration", 30, 3600);
        if (arguments.Has("trace"))
            return TraceArrivals.Plan(arguments.All("trace"), new TraceOptions(
                Speed: arguments.Number("speed", 1, 0.001, 1000),
                Seconds: seconds,
                SkipSeconds: arguments.Seconds("skip", 0, 86_400),
                TokenScale: arguments.Number("token-scale", 1, 0.0001, 1000),
                TokenMax: arguments.Integer("token-max", 512, 1, 100_000)));
        if (!arguments.Has("rate")) throw new UsageException("--rate or --trace is missing");
        return PoissonArrivals.Plan(
            Classes(arguments), arguments.Number("rate", 0, 0.01, 10_000), seconds,
            Prompt(arguments), Tokens(arguments), seed);
    }

    public static RequestClass[] Classes(Arguments arguments) =>
        RequestClass.ParseAll(arguments.Text("classes", "5:0.1,3:0.3,1:0.6"));

    public static int Prompt(Arguments arguments) => arguments.Integer("prompt", 16, 1, 100_000);

    public static int Tokens(Arguments arguments) => arguments.Integer("tokens", 64, 1, 100_000);

    public static string Describe(Arguments arguments) => arguments.Has("trace")
        ? $"traces {string.Join(", ", arguments.All("trace").Select(Path.GetFileName))} at "
            + $"{arguments.Text("speed", "1")} times their speed, {arguments.Text("duration", "30s")} of arrivals"
        : $"Poisson arrivals, {arguments.Text("rate")} requests/s for {arguments.Text("duration", "30s")}, "
            + $"classes (criticality:share) {arguments.Text("classes", "5:0.1,3:0.3,1:0.6")}, "
            + $"{Tokens(arguments)} tokens each";

    /// <param name="text">Seeds separated by commas.</param>
    public static int[] Seeds(string text)
    {
        const int SeedCountMax = 100;
        var seeds = text.Split(',', StringSplitOptions.TrimEntries)
            .Select(one => int.TryParse(one, out var seed) ? seed : throw new UsageException($"'{one}' is not a seed"))
            .ToArray();
        return seeds.Length <= SeedCountMax ? seeds : throw new UsageException($"at most {SeedCountMax} seeds");
    }
}
