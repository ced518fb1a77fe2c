namespace Sidecar.Conformance;

/// <summary>Whether what a client saw of a response is an accepted outcome. Pure.</summary>
internal static class ResponseJudge
{
    internal static bool Accepts(Expectation wanted, Observation seen, bool isReused)
    {
        if (wanted.Steps.Any(step => step.IsFresh) && isReused) return false;
        var last = wanted.Steps[^1];
        var interims = wanted.Steps.Where(step => step.IsInterim).Select(step => step.Statuses[0]);
        var isBroken = last.Kind == "broken";
        // Where an error of the proxy's own follows an interim answer, or none does, both ends are told so.
        if (last.IsInterim) return false;
        if (isBroken && last.Statuses is [< 200]) return seen is { HasEnded: true, Answers: [.. , { Status: < 200 }] };
        if (seen.Garbage is not null && !isBroken) return false;
        var answers = seen.Answers;
        if (!answers.Where(answer => answer.Status < 200).Select(answer => answer.Status).SequenceEqual(interims))
            return false;
        if (answers.Count == 0 || answers[^1].Status != last.Statuses[0]) return false;
        if (isBroken) return !answers[^1].IsWhole && (seen.HasEnded || seen.Garbage is not null);
        return answers[^1].IsWhole && (last.Kind == "502" || answers[^1].Body == last.Body)
            && last.With.All(field => answers[^1].ValuesOf(field.Name).SequenceEqual([field.Value]))
            && !last.Without.Any(name => answers[^1].ValuesOf(name).Any());
    }
}
