namespace Sidecar.Conformance;

/// <param name="Name">Unique in its file.</param>
/// <param name="Section">Number of the RFC and its section.</param>
/// <param name="RequestMethod">Of a response case; null: the bytes are the request.</param>
/// <param name="Accepted">What may come of it; the sidecar is held to the first.</param>
/// <param name="Bytes">With <c>{id}</c> in them.</param>
internal sealed record CorpusCase(
    string Name, string Section, string? RequestMethod, IReadOnlyList<Expectation> Accepted, string Bytes)
{
    internal string BytesFor(string id) => Bytes.Replace("{id}", id, StringComparison.Ordinal);

    public override string ToString() => Name;
}
