using System.Text;

namespace Sidecar.Conformance;

/// <summary>Writes docs/conformance.md. Pure.</summary>
internal static class ConformanceReport
{
    internal static string Write(IReadOnlyList<PeerResults> peers)
    {
        var text = new StringBuilder($"""
            # HTTP/1.1, case by case

            {Corpus.Requests.Count} requests and {Corpus.Responses.Count} responses over raw sockets, each whole and one
            octet at a time. Every case names its section of the RFCs and the outcomes that they allow
            (`tests/Sidecar.Conformance/Corpus`); the server behind the proxy reads by the letter, and a request that it
            reads otherwise than it was meant, or an answer that reaches somebody else, fails whatever the status. The
            sidecar is held to one outcome of each case by its tests. Measured again by:

                scripts/conformance --peers --report docs/conformance.md

            nginx and HAProxy run as they come, with connections to the server kept. A case that they fail is not always
            a danger: often the server behind would have refused what they pass on. It is what a strict reader cannot
            rely on.

            | | version | requests passed | responses passed |
            |---|---|---:|---:|

            """);
        foreach (var peer in peers)
        {
            text.AppendLine($"| {peer.Name} | {peer.Version} | {Passed(peer.Requests)} | {Passed(peer.Responses)} |");
        }
        Section(text, "Requests that one of them failed", Corpus.Requests, peers, peer => peer.Requests);
        Section(text, "Responses that one of them failed", Corpus.Responses, peers, peer => peer.Responses);
        return text.ToString();
    }

    private static string Passed(IReadOnlyList<CaseResult> results)
    {
        var all = results.Select(result => result.Case).Distinct().Count();
        return $"{all - PeerResults.FailedOf(results).Count()} of {all}";
    }

    private static void Section(
        StringBuilder text, string title, IReadOnlyList<CorpusCase> cases, IReadOnlyList<PeerResults> peers,
        Func<PeerResults, IReadOnlyList<CaseResult>> of)
    {
        var names = string.Join(" | ", peers.Select(peer => peer.Name));
        text.AppendLine($"\n## {title}\n\n| case | RFC | allowed | {names} |");
        text.AppendLine($"|---|---|---|{string.Concat(peers.Select(_ => "---|"))}");
        foreach (var one in cases)
        {
            var cells = peers.Select(peer => Cell(of(peer).Where(result => result.Case == one).ToList())).ToList();
            if (cells.All(cell => cell == "passed")) continue;
            var allowed = string.Join(" / ", one.Accepted.Select(wanted => wanted.Text));
            text.AppendLine($"| {one.Name} | {one.Section} | {Escape(allowed)} | {string.Join(" | ", cells)} |");
        }
    }

    private static string Cell(List<CaseResult> results)
    {
        var failed = results.Where(result => !result.IsPassed).ToList();
        if (failed.Count == 0) return "passed";
        var when = failed.Count == results.Count ? "" : failed[0].ByBytes ? "octet by octet: " : "whole: ";
        return when + Escape(failed[0].Seen);
    }

    private static string Escape(string text)
    {
        const int most = 160;
        // The marks of a run differ from run to run.
        text = System.Text.RegularExpressions.Regex.Replace(text, "k[0-9]{5}", "id");
        if (text.Length > most) text = text[..most] + " ...";
        return text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
    }
}
