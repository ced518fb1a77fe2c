namespace Sidecar.Conformance;

/// <summary>All that one proxy made of the corpus.</summary>
internal sealed record PeerResults(
    string Name, string Version, IReadOnlyList<CaseResult> Requests, IReadOnlyList<CaseResult> Responses)
{
    /// <summary>Both ways of sending it came to an accepted outcome.</summary>
    internal static IEnumerable<CorpusCase> FailedOf(IReadOnlyList<CaseResult> results) =>
        results.Where(result => !result.IsPassed).Select(result => result.Case).Distinct();
}
