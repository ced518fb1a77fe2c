using System.Globalization;
using System.Net;
using Sidecar.CommandLine;
using Sidecar.Testing;

namespace Sidecar.Trials;

/// <summary>What the sidecar has to bear: a crowd of idle and slow clients, bulk, a rolling restart.</summary>
public static class TrialCommand
{
    private const string Usage = """
        Sidecar.Trials: what the sidecar has to bear; crowd --help tells more.

          crowd | bulk | rolling [--binary FILE] …
        """;

    private const string CrowdHelp = """
        crowd [--concurrency 0] [--idle 10000] [--slow 1000] [--alone 20s] [--beside 60s] [--rounds 2] [--short]
              [--binary FILE] [--elsewhere]

        Normal requests (500 POSTs a second on 16 connections, timed from when they were due) alone and beside a
        crowd, in turns: idle clients, half of which have been served before, and slow ones, half of which send a head
        a byte a second (cut with 408 and replaced) while the others read an endless stream at 4 KiB a second.
        Tells the p99 of a second, median of all seconds, and the p99 of all requests pooled.
        Holds if the p99 of a second, median of all seconds, is at most 1.5 times as high beside the crowd, resident
        memory grows by less than 8 KiB per idle client, no normal request fails and nobody is cut but the slow heads.

          --concurrency   SIDECAR_CONCURRENCY. With a limit, endless streams by POST hold half of it, and the other slow
                          readers ask by GET, which needs no permit: 500 would leave none of 64 to the normal requests
          --elsewhere     the crowd visits a second sidecar: what the machine alone does to the figures
          --short         --idle 1000 --slow 100 --alone 2s --beside 3s --rounds 1

        4 minutes as it comes, 2 with --rounds 1, half a minute with --short.
        """;

    private const string BulkHelp = """
        bulk [--gib 2] [--short] [--binary FILE]

        Streams that much up and down, with Content-Length and chunked, past readers that rest now and then.
        Holds if every byte arrives in its place and resident memory, looked at every 50 ms, grows by less than 8 MiB
        over what it was after 100 small requests.

        Twenty seconds as it comes; --short is --gib 0.1, and takes a few.
        """;

    private const string RollingHelp = """
        rolling [--rounds 3] [--rate 300] [--short] [--binary FILE] [--delay 2s] [--check "inter 200ms fall 1 rise 1"]
                [--check-data] [--no-redispatch] [--reuse safe]

        Two sidecars behind HAProxy under a constant load of POSTs, a tenth of them streams of a second. In each round
        each sidecar is drained by `sidecar drain`, started again on its ports and waited for.
        Holds if no request fails, of those sent once each, and every sidecar ends with code 0.

          --delay           SIDECAR_DRAIN_DELAY
          --check           pace of HAProxy's health checks
          --check-data      checks ask for the model server's health through the data port, not for /readyz
          --no-redispatch   a refused connection is tried again at the same server only
          --reuse           HAProxy's http-reuse: never, safe, aggressive or always
          --short           --rounds 1

        Twenty seconds as it comes.
        """;

    private const double SecondsMax = 3600, CrowdRatioMax = 1.5;
    private const int ClientsMax = 100_000;

    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = Arguments.Parse(
            args,
            ["idle", "slow", "alone", "beside", "rounds", "gib", "rate", "binary", "sidecar", "slow-heads",
             "slow-readers", "posting-readers", "delay", "check", "reuse", "concurrency"],
            "short", "elsewhere", "check-data", "no-redispatch", "help");
        var binary = arguments.Text("binary", "artifacts/publish/sidecar");
        switch (arguments.Words)
        {
            case []:
                Console.WriteLine(Usage);
                return 0;
            case [var trial] when arguments.Has("help"):
                Console.WriteLine(trial switch { "crowd" => CrowdHelp, "bulk" => BulkHelp, _ => RollingHelp });
                return 0;
            case ["server"]:
                await ServeAsync();
                return 0;
            case ["guests"]:
                await VisitAsync(arguments);
                return 0;
        }
        var isGood = arguments.Words switch
        {
            ["crowd"] => await CrowdAsync(arguments, binary),
            ["bulk"] => await BulkAsync(arguments, binary),
            ["rolling"] => await RollAsync(arguments, binary),
            _ => throw new UsageException("takes crowd, bulk or rolling"),
        };
        Console.WriteLine(isGood ? "PASS  held" : "FAIL  did not hold");
        return isGood ? 0 : 1;
    }

    private static async Task<bool> CrowdAsync(Arguments arguments, string binary)
    {
        var isShort = arguments.Has("short");
        var slow = arguments.Integer("slow", isShort ? 100 : 1000, 2, ClientsMax);
        var shape = new CrowdShape(
            arguments.Integer("idle", isShort ? 1000 : 10_000, 1, ClientsMax), slow / 2, slow / 2,
            TimeSpan.FromSeconds(arguments.Seconds("alone", isShort ? 2 : 20, SecondsMax)),
            TimeSpan.FromSeconds(arguments.Seconds("beside", isShort ? 3 : 60, SecondsMax)),
            arguments.Integer("rounds", isShort ? 1 : 2, 1, 100), isShort ? null : CrowdRatioMax,
            arguments.Integer("concurrency", 0, 0, ClientsMax));
        var (server, endPoint) = await CompanionProcess.StartServerAsync();
        await using var _ = server;
        Task<SidecarProcess> StartAsync() => SidecarProcess.StartAsync(binary, $"{endPoint}",
        [
            ("SIDECAR_CONNECTION_LIMIT", "20000"),
            ("SIDECAR_CONCURRENCY", shape.Concurrency.ToString(CultureInfo.InvariantCulture)),
        ]);
        await using var sidecar = await StartAsync();
        await using var other = arguments.Has("elsewhere") ? await StartAsync() : null;
        return await new CrowdTrial(sidecar, (other ?? sidecar).Data, shape, Console.Out).RunAsync();
    }

    private static async Task<bool> BulkAsync(Arguments arguments, string binary)
    {
        var bytes = (long)(arguments.Number("gib", arguments.Has("short") ? 0.1 : 2, 0.001, 1000) * (1L << 30));
        using var server = new TrialServer();
        var limit = (bytes + 1).ToString(CultureInfo.InvariantCulture);
        await using var sidecar = await SidecarProcess.StartAsync(
            binary, $"{server.EndPoint}",
            [("SIDECAR_CONCURRENCY", "64"), ("SIDECAR_BODY_LIMIT", bytes > 4L << 30 ? $"{limit}B" : "4GiB")]);
        return await new BulkTrial(sidecar, bytes, Console.Out).RunAsync();
    }

    private static async Task<bool> RollAsync(Arguments arguments, string binary)
    {
        var options = new HaproxyOptions(
            arguments.Text("check", "inter 200ms fall 1 rise 1"), !arguments.Has("check-data"),
            !arguments.Has("no-redispatch"), arguments.Text("reuse", "safe"));
        var (server, endPoint) = await CompanionProcess.StartServerAsync();
        await using var _ = server;
        return await new RollingTrial(
            binary, arguments.Integer("rounds", arguments.Has("short") ? 1 : 3, 1, 100),
            arguments.Integer("rate", 300, 1, 2000), Console.Out, options, arguments.Text("delay", "2s"))
            .RunAsync(endPoint);
    }

    /// <summary>The model server's part.</summary>
    private static async Task ServeAsync()
    {
        using var server = new TrialServer();
        Console.WriteLine(server.EndPoint);
        await Console.In.ReadToEndAsync();
    }

    /// <summary>The crowd's part: says when it has arrived, and at its end what became of it.</summary>
    private static async Task VisitAsync(Arguments arguments)
    {
        if (!IPEndPoint.TryParse(arguments.Required("sidecar"), out var sidecar)
            || !IPAddress.IsLoopback(sidecar.Address))
            throw new UsageException("--sidecar takes an address of this machine's loopback");
        using var crowd = new Crowd(
            sidecar, arguments.Integer("idle", 0, 0, ClientsMax), arguments.Integer("slow-heads", 0, 0, ClientsMax),
            arguments.Integer("slow-readers", 0, 0, ClientsMax),
            arguments.Integer("posting-readers", 0, 0, ClientsMax));
        await crowd.ArriveAsync();
        Console.WriteLine("arrived");
        await crowd.ActAsync(TimeSpan.FromSeconds(arguments.Seconds("beside", 60, SecondsMax)));
        Console.WriteLine(CrowdReport.Of(crowd).ToLine());
        await Console.In.ReadToEndAsync();
    }
}
