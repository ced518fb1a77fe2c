namespace Sidecar.Configuration;

/// <summary>Finds what somebody probably meant to write. Pure.</summary>
internal static class NearestName
{
    private const int EditsMin = 2;

    /// <summary>
    /// The known name with the least edits (Levenshtein 1966: insert, delete, replace); null where these are more than
    /// two and than a third of it.
    /// </summary>
    internal static string? Find(string name, IEnumerable<string> known)
    {
        var best = known.Select(candidate => (candidate, Edits: Distance(name, candidate))).MinBy(pair => pair.Edits);
        return best.Edits <= Math.Max(EditsMin, name.Length / 3) ? best.candidate : null;
    }

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
