namespace Sidecar.Conformance;

/// <summary>What came of one case.</summary>
/// <param name="Answers">What the client read, interim answers too.</param>
/// <param name="HasEnded">The client's connection was closed by the proxy.</param>
/// <param name="Garbage">What the client read and is no answer; null: nothing.</param>
internal sealed record Observation(IReadOnlyList<WireMessage> Answers, bool HasEnded, string? Garbage)
{
    public override string ToString()
    {
        var answers = Answers.Select(Show);
        var text = Answers.Count > 0 ? $"[{string.Join(", ", answers)}]" : HasEnded ? "nothing" : "nothing in time";
        return $"{text}{(HasEnded ? ", closed" : "")}{(Garbage is null ? "" : $", {Garbage}")}";
    }

    private static string Show(WireMessage answer)
    {
        // The pages that proxies make of their errors say nothing more than the status.
        var body = answer.Status < 400 ? $" '{CorpusText.Show(answer.Body)}'" : "";
        return $"{answer.Status}{(answer.IsWhole ? "" : " broken off")}{body}";
    }
}
