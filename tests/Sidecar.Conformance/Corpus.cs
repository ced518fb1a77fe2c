using System.Reflection;

namespace Sidecar.Conformance;

/// <summary>All cases, as they lie beside this file.</summary>
internal static class Corpus
{
    internal static IReadOnlyList<CorpusCase> Requests { get; } = [.. Lines("requests").Select(ReadRequest)];

    internal static IReadOnlyList<CorpusCase> Responses { get; } = [.. Lines("responses").Select(ReadResponse)];

    private static CorpusCase ReadRequest(string line)
    {
        var parts = line.Split('|', 4);
        return new CorpusCase(
            parts[0].Trim(), parts[1].Trim(), null, Expectation.ReadAll(parts[2]), CorpusText.Expand(parts[3][1..]));
    }

    private static CorpusCase ReadResponse(string line)
    {
        var parts = line.Split('|', 5);
        return new CorpusCase(
            parts[0].Trim(), parts[1].Trim(), parts[2].Trim(), Expectation.ReadAll(parts[3]),
            CorpusText.Expand(parts[4][1..]));
    }

    private static IEnumerable<string> Lines(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && line[0] != '#').ToList();
    }
}
