using System.Net;

namespace Sidecar.Conformance;

/// <summary>Sends the corpus through one proxy, a case after the other. One task.</summary>
internal sealed class ConformanceRun(IPEndPoint proxy, RecordingServer server, TimeSpan patience, bool isStrict)
{
    private int _marks;

    /// <summary>Requests, whole and byte by byte.</summary>
    internal async Task<IReadOnlyList<CaseResult>> RunRequestsAsync() =>
        await RunAsync(Corpus.Requests, TryRequestAsync);

    /// <summary>Responses, whole and byte by byte.</summary>
    internal async Task<IReadOnlyList<CaseResult>> RunResponsesAsync() =>
        await RunAsync(Corpus.Responses, TryResponseAsync);

    private static async Task<IReadOnlyList<CaseResult>> RunAsync(
        IReadOnlyList<CorpusCase> cases, Func<CorpusCase, bool, Task<CaseResult>> run)
    {
        var results = new List<CaseResult>();
        foreach (var one in cases)
        {
            results.Add(await run(one, false));
            results.Add(await run(one, true));
        }
        return results;
    }

    private async Task<CaseResult> TryRequestAsync(CorpusCase one, bool byBytes)
    {
        var id = NextMark();
        var violationsBefore = server.Violations.Count;
        var isFinal = one.Accepted[0].Steps[^1].Kind is "refuse" or "close";
        var answersMax = isFinal ? int.MaxValue : one.Accepted[0].Steps.Count;
        var isHead = one.Bytes.StartsWith("HEAD ", StringComparison.Ordinal);
        var seen = await ProxyClient.SendAsync(proxy, one.BytesFor(id), byBytes, answersMax, isHead, patience);
        // Whatever the proxy passed on before it answered this has been read by then.
        var next = await FollowAsync();
        var requests = server.RequestsOf(id);
        var violations = server.Violations.Skip(violationsBefore).ToList();
        var isClean = violations.Count == 0 && seen.Garbage is null && next.IsGood;
        var accepted = isClean
            ? one.Accepted.FirstOrDefault(wanted => RequestJudge.Accepts(one, wanted, id, seen, requests, isStrict))
            : null;
        return new CaseResult(one, byBytes, accepted, $"client {seen}; server "
            + $"[{string.Join(", ", requests.Select(Show))}]{Notes(violations, next.Text)}");
    }

    private async Task<CaseResult> TryResponseAsync(CorpusCase one, bool byBytes)
    {
        var id = NextMark();
        var violationsBefore = server.Violations.Count;
        var sent = server.Answer(id, one.BytesFor(id), byBytes);
        var body = one.RequestMethod == "POST" ? "Content-Length: 5\r\n\r\nhello" : "\r\n";
        var request = $"{one.RequestMethod} /{id} HTTP/1.1\r\nHost: a\r\n{body}";
        var isHead = one.RequestMethod == "HEAD";
        // What follows on the same connection has to get its own answer, or none because the connection closed. But
        // not while the server is still at it: no proxy knows a byte that comes too late from one that is in time.
        var second = NextMark();
        if (!byBytes) request += $"GET /{second} HTTP/1.1\r\nHost: a\r\n\r\n";
        var both = await ProxyClient.SendAsync(proxy, request, false, byBytes ? 1 : 2, isHead, patience);
        var (seen, isOwn) = byBytes ? (both, true) : WithoutSecond(both, second);
        await Task.WhenAny(sent, Task.Delay(patience));
        var next = await FollowAsync();
        var requests = server.RequestsOf(id);
        var violations = server.Violations.Skip(violationsBefore).ToList();
        var later = server.RequestsOf(second).Select(sent => sent.Connection).Append(next.Connection);
        var isReused = requests.Any(sent => later.Contains(sent.Connection));
        var isClean = violations.Count == 0 && next.IsGood && isOwn && requests.Count == 1;
        var accepted = isClean
            ? one.Accepted.FirstOrDefault(wanted => ResponseJudge.Accepts(wanted, seen, isReused))
            : null;
        return new CaseResult(one, byBytes, accepted,
            $"{both}{(isReused ? ", server's connection used again" : "")}{Notes(violations, next.Text)}"
            + (requests.Count == 1 ? "" : $", sent {requests.Count} times"));
    }

    private static (Observation First, bool IsOwn) WithoutSecond(Observation both, string second)
    {
        var finals = both.Answers.Where(answer => answer.Status >= 200).ToList();
        if (finals.Count < 2) return (both, both.HasEnded || both.Garbage is not null);
        var isOwn = finals[1] is { Status: 200, IsWhole: true } && finals[1].Body == second;
        return (both with { Answers = [.. both.Answers.Take(both.Answers.ToList().IndexOf(finals[1]))] }, isOwn);
    }

    /// <summary>A plain request, which has to get its own answer and no other.</summary>
    private async Task<(bool IsGood, string Text, int Connection)> FollowAsync()
    {
        var id = NextMark();
        var seen = await ProxyClient.SendAsync(
            proxy, $"GET /{id} HTTP/1.1\r\nHost: a\r\n\r\n", false, 1, isHead: false, patience);
        var isGood = seen is { Answers: [{ IsWhole: true, Status: 200 } answer], Garbage: null } && answer.Body == id;
        var connection = server.RequestsOf(id).Select(request => request.Connection).FirstOrDefault();
        return (isGood, isGood ? "" : $", the next request got {seen}", connection);
    }

    private string NextMark() => $"k{Interlocked.Increment(ref _marks):d5}";

    private static string Show(WireMessage request) =>
        $"{CorpusText.Show(request.Line)} '{CorpusText.Show(request.Body)}'";

    private static string Notes(List<string> violations, string next) =>
        (violations.Count == 0 ? "" : $", and sent the server nonsense: {string.Join(", ", violations)}") + next;
}
