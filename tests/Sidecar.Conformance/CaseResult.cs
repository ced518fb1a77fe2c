namespace Sidecar.Conformance;

/// <param name="Case">Which one.</param>
/// <param name="ByBytes">Sent one octet at a time.</param>
/// <param name="Accepted">The accepted outcome that came; null: none of them.</param>
/// <param name="Seen">What came, for people.</param>
internal sealed record CaseResult(CorpusCase Case, bool ByBytes, Expectation? Accepted, string Seen)
{
    internal bool IsPassed => Accepted is not null;

    /// <summary>It is what the sidecar is held to.</summary>
    internal bool IsFirst => Accepted == Case.Accepted[0];

    public override string ToString() =>
        $"{Case.Name} (RFC {Case.Section}{(ByBytes ? ", byte by byte" : "")}): {CorpusText.Show(Case.Bytes)}\n"
        + $"  accepted: {string.Join(" / ", Case.Accepted.Select(one => one.Text))}\n  seen:     {Seen}";
}
