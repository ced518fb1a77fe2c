namespace Sidecar.Conformance;

/// <summary>One thing that is to happen, and what has to be true of it.</summary>
/// <param name="Kind">As it stands in the corpus: ok, refuse, close, broken, or a status.</param>
/// <param name="Statuses">What an answer may have; empty where it does not matter.</param>
/// <param name="Body">Exactly this.</param>
/// <param name="Method">Null: as in the bytes.</param>
/// <param name="Target">Null: as in the bytes.</param>
/// <param name="With">Fields that have to be there, once.</param>
/// <param name="Without">Fields that may not be there.</param>
/// <param name="IsFresh">The server's connection may not be used again.</param>
internal sealed record Step(
    string Kind, IReadOnlyList<int> Statuses, string Body, string? Method, string? Target,
    IReadOnlyList<(string Name, string Value)> With, IReadOnlyList<string> Without, bool IsFresh)
{
    internal bool IsInterim => Statuses is [< 200] && Kind != "broken";
}
