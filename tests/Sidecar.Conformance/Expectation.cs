using System.Text.RegularExpressions;

namespace Sidecar.Conformance;

/// <summary>One of the accepted outcomes of a case: steps in their order.</summary>
internal sealed partial record Expectation(string Text, IReadOnlyList<Step> Steps)
{
    /// <summary>Reads all alternatives of a case; the first is the one that the sidecar is held to.</summary>
    internal static IReadOnlyList<Expectation> ReadAll(string text) =>
        [.. text.Split(" / ").Select(one => new Expectation(one.Trim(), [.. one.Split(';').Select(ReadStep)]))];

    private static Step ReadStep(string text)
    {
        var words = Word().Matches(text).Select(match => match.Value).ToList();
        var (kind, statuses, body, method, target) = (words[0], new List<int>(), "", (string?)null, (string?)null);
        var (with, without, isFresh) = (new List<(string, string)>(), new List<string>(), false);
        if (int.TryParse(kind, out var status)) statuses.Add(status);
        for (var i = 1; i < words.Count; i++)
        {
            switch (words[i])
            {
                case ['"', ..] quoted:
                    body = CorpusText.Expand(quoted[1..^1]);
                    break;
                case "with":
                    // A value may have blanks in it, up to the next word that means something.
                    var pair = words[++i];
                    while (i + 1 < words.Count && words[i + 1] is not ("with" or "without" or "fresh"))
                        pair += " " + words[++i];
                    with.Add((pair.Split('=', 2)[0], pair.Split('=', 2)[1]));
                    break;
                case "without":
                    without.Add(words[++i]);
                    break;
                case "fresh":
                    isFresh = true;
                    break;
                case var word when word.StartsWith("method=", StringComparison.Ordinal):
                    method = word["method=".Length..];
                    break;
                case var word when word.StartsWith("target=", StringComparison.Ordinal):
                    target = word["target=".Length..];
                    break;
                case var list:
                    statuses.AddRange(list.Split(',').Select(int.Parse));
                    break;
            }
        }
        isFresh |= kind is "broken" or "502";
        return new Step(kind, statuses, body, method, target, with, without, isFresh);
    }

    [GeneratedRegex("\"[^\"]*\"|[^ ]+")]
    private static partial Regex Word();
}
