namespace Sidecar.Conformance;

/// <summary>A message as it was read from a connection.</summary>
/// <param name="Line">Request line or status line.</param>
/// <param name="Fields">Names in lower case.</param>
/// <param name="Body">Without framing.</param>
/// <param name="IsWhole">It ended where its framing said.</param>
/// <param name="Connection">Numbers the server's connections; 0 at a client.</param>
internal sealed record WireMessage(
    string Line, IReadOnlyList<(string Name, string Value)> Fields, string Body, bool IsWhole, int Connection)
{
    internal int Status => int.TryParse(Line.Split(' ').ElementAtOrDefault(1), out var status) ? status : 0;

    internal string Method => Line.Split(' ')[0];

    internal string Target => Line.Split(' ').ElementAtOrDefault(1) ?? "";

    internal IEnumerable<string> ValuesOf(string name) =>
        Fields.Where(field => field.Name == name).Select(field => field.Value);
}
