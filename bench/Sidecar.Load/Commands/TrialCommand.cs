using System.Globalization;
using Sidecar.Load.CommandLine;
using Sidecar.Load.Trials;

namespace Sidecar.Load.Commands;

/// <summary>What the sidecar has to bear: a crowd of idle and slow clients, bulk, a rolling restart.</summary>
public static class TrialCommand
{
    public const string Usage = """
        trial crowd [--idle 10000] [--slow 1000] [--alone 20s] [--beside 60s] [--rounds 2] [--binary FILE]
          trial bulk [--gib 2] [--binary FILE]
          trial rolling [--rounds 3] [--rate 300] [--binary FILE]      needs haproxy
        """;

    private const double SecondsMax = 3600;

    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = Arguments.Parse(args, ["idle", "slow", "alone", "beside", "rounds", "gib", "rate", "binary"]);
        var binary = arguments.Text("binary", "artifacts/publish/sidecar");
        var isGood = arguments.Words switch
        {
            ["crowd"] => await CrowdAsync(arguments, binary),
            ["bulk"] => await BulkAsync(arguments, binary),
            ["rolling"] => await new RollingTrial(
                binary, arguments.Integer("rounds", 3, 1, 100), arguments.Integer("rate", 300, 1, 2000), Console.Out)
                .RunAsync(),
            _ => throw new UsageException("trial takes crowd, bulk or rolling"),
        };
        Console.WriteLine(isGood ? "held" : "DID NOT HOLD");
        return isGood ? 0 : 1;
    }

    private static async Task<bool> CrowdAsync(Arguments arguments, string binary)
    {
        var slow = arguments.Integer("slow", 1000, 2, 100_000);
        var shape = new CrowdShape(
            arguments.Integer("idle", 10_000, 1, 100_000), slow / 2, slow / 2,
            TimeSpan.FromSeconds(arguments.Seconds("alone", 20, SecondsMax)),
            TimeSpan.FromSeconds(arguments.Seconds("beside", 60, SecondsMax)),
            arguments.Integer("rounds", 2, 1, 100));
        using var server = new TrialServer();
        await using var sidecar = await TrialSidecar.StartAsync(
            binary, server.EndPoint, ("SIDECAR_CONNECTION_LIMIT", "20000"), ("SIDECAR_CONCURRENCY", "0"));
        return await new CrowdTrial(sidecar, shape, Console.Out).RunAsync();
    }

    private static async Task<bool> BulkAsync(Arguments arguments, string binary)
    {
        var bytes = (long)(arguments.Number("gib", 2, 0.001, 1000) * (1L << 30));
        using var server = new TrialServer();
        var limit = (bytes + 1).ToString(CultureInfo.InvariantCulture);
        await using var sidecar = await TrialSidecar.StartAsync(
            binary, server.EndPoint, ("SIDECAR_BODY_LIMIT", bytes > 4L << 30 ? $"{limit}B" : "4GiB"));
        return await new BulkTrial(sidecar, bytes, Console.Out).RunAsync();
    }
}
