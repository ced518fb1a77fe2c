namespace Sidecar.Conformance;

/// <summary>The command line: which proxies, and where the report goes.</summary>
internal static class ConformanceCommand
{
    private const string Usage = """
        usage: scripts/conformance [--peers] [--report FILE] [--verbose]

        Sends the corpus of requests and responses through the published sidecar, with --peers through nginx and HAProxy
        too, and tells what each failed. --report writes a table in Markdown. Exit code 1 if the sidecar failed a case.
        """;

    private const int ExitUsage = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    internal static async Task<int> RunAsync(string[] arguments, TextWriter output)
    {
        var (withPeers, isVerbose, report, binary) = (false, false, (string?)null, "artifacts/publish/sidecar");
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--peers":
                    withPeers = true;
                    break;
                case "--verbose":
                    isVerbose = true;
                    break;
                case "--report" when i + 1 < arguments.Length:
                    report = arguments[++i];
                    break;
                default:
                    output.WriteLine(Usage);
                    return arguments[i] == "--help" ? 0 : ExitUsage;
            }
        }
        var folder = Directory.CreateTempSubdirectory("conformance-").FullName;
        List<Func<int, Task<Peer>>> starts = [port => Peer.StartSidecarAsync(binary, port)];
        if (withPeers)
        {
            starts.Add(port => Peer.StartNginxAsync(folder, port));
            starts.Add(port => Peer.StartHaproxyAsync(folder, port));
        }
        var peers = new List<PeerResults>();
        foreach (var start in starts) peers.Add(await RunAsync(start, isVerbose, output));
        Directory.Delete(folder, recursive: true);
        if (report is not null) await File.WriteAllTextAsync(report, ConformanceReport.Write(peers));
        return peers[0].Requests.Concat(peers[0].Responses).All(result => result.IsPassed) ? 0 : 1;
    }

    private static async Task<PeerResults> RunAsync(
        Func<int, Task<Peer>> start, bool isVerbose, TextWriter output)
    {
        using var server = new RecordingServer();
        await using var peer = await start(server.EndPoint.Port);
        var run = new ConformanceRun(peer.EndPoint, server, Patience, isStrict: peer.Name == "sidecar");
        var results = new PeerResults(
            peer.Name, peer.Version, await run.RunRequestsAsync(), await run.RunResponsesAsync());
        foreach (var failed in results.Requests.Concat(results.Responses).Where(result => !result.IsPassed))
        {
            if (isVerbose || peer.Name == "sidecar") output.WriteLine($"{peer.Name}: {failed}");
        }
        output.WriteLine(
            $"{peer.Name} ({peer.Version}): failed {PeerResults.FailedOf(results.Requests).Count()} of "
            + $"{Corpus.Requests.Count} requests and {PeerResults.FailedOf(results.Responses).Count()} of "
            + $"{Corpus.Responses.Count} responses");
        return results;
    }
}
