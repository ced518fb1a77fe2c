namespace Sidecar.Conformance;

/// <summary>Whether what came of a request is an accepted outcome. Pure.</summary>
internal static class RequestJudge
{
    /// <param name="one">The case.</param>
    /// <param name="wanted">One of its outcomes.</param>
    /// <param name="id">The mark it was sent with.</param>
    /// <param name="seen">What the client saw.</param>
    /// <param name="requests">What the server read whole.</param>
    /// <param name="isStrict">A refusal has one of the statuses named, and the connection closes.</param>
    internal static bool Accepts(
        CorpusCase one, Expectation wanted, string id, Observation seen, IReadOnlyList<WireMessage> requests,
        bool isStrict)
    {
        var forwarded = wanted.Steps.Where(step => step.Kind == "ok").ToList();
        var finals = seen.Answers.Where(answer => answer.Status >= 200).ToList();
        if (requests.Count != forwarded.Count || (HasInterim(seen) && !ExpectsOne(one))) return false;
        for (var i = 0; i < forwarded.Count; i++)
        {
            if (!IsAsSent(one, forwarded[i], id, requests[i], isFirst: i == 0)) return false;
            if (i >= finals.Count || finals[i] is not { IsWhole: true, Status: 200 }) return false;
        }
        var last = wanted.Steps[^1];
        return last.Kind switch
        {
            "refuse" => finals.Count == forwarded.Count + 1 && (isStrict
                ? seen.HasEnded && last.Statuses.Contains(finals[^1].Status)
                : finals[^1].Status is >= 400 and < 500 or 501 or 505),
            "wait" => !seen.HasEnded && finals.Count == forwarded.Count,
            "close" => seen.HasEnded && finals.Count == forwarded.Count,
            _ => finals.Count == forwarded.Count,
        };
    }

    private static bool HasInterim(Observation seen) => seen.Answers.Any(answer => answer.Status < 200);

    /// <summary>RFC 9110 section 10.1.1; and none for HTTP/1.0 (section 15.2).</summary>
    private static bool ExpectsOne(CorpusCase one) =>
        one.Bytes.Contains("100-continue", StringComparison.OrdinalIgnoreCase)
        && !one.Bytes.Contains(" HTTP/1.0", StringComparison.Ordinal);

    private static bool IsAsSent(CorpusCase one, Step step, string id, WireMessage request, bool isFirst)
    {
        var line = one.BytesFor(id).TrimStart('\r', '\n').Split('\r', '\n')[0].Split(' ');
        var method = step.Method ?? (isFirst ? line[0] : request.Method);
        var target = step.Target?.Replace("{id}", id, StringComparison.Ordinal)
            ?? (isFirst && line.Length > 1 ? line[1] : $"/{id}");
        return request.Method == method && request.Target == target && request.Body == step.Body
            && step.With.All(field => request.ValuesOf(field.Name) is var values && values.Count() == 1
                && values.Single() == field.Value)
            && !step.Without.Any(name => request.ValuesOf(name).Any());
    }
}
