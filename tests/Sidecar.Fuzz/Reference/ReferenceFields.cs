using System.Text.RegularExpressions;

namespace Sidecar.Fuzz.Reference;

/// <summary>What request and response heads share, read from the RFCs' text without regard for speed.</summary>
internal static partial class ReferenceFields
{
    /// <summary>
    /// Where a head ends, as soon as that can be told: its length with the empty line; 0: not yet; -1: it never will,
    /// since an octet stands in it that may not (RFC 9112 section 2.2, RFC 9110 section 5.5).
    /// </summary>
    internal static int FindEnd(string text, int start, int limit)
    {
        for (var lineStart = start; ;)
        {
            var at = lineStart;
            while (at < text.Length && (text[at] >= ' ' || text[at] == '\t') && text[at] != '\x7f') at++;
            if (at == text.Length || (text[at] == '\r' && at + 1 == text.Length)) return text.Length < limit ? 0 : -1;
            if (text[at] != '\r' || text[at + 1] != '\n') return -1;
            if (at == lineStart) return at + 2 <= limit ? at + 2 : -1;
            lineStart = at + 2;
        }
    }

    /// <summary>Names and values of field lines (RFC 9112 section 5); null where a line is none.</summary>
    internal static List<(string Name, string Value)>? Read(IEnumerable<string> lines, int countMax)
    {
        var fields = new List<(string, string)>();
        foreach (var line in lines)
        {
            var match = FieldLine().Match(line);
            if (!match.Success || fields.Count == countMax) return null;
            fields.Add((match.Groups[1].Value, match.Groups[2].Value.Trim(' ', '\t')));
        }
        return fields;
    }

    internal static List<string> ValuesOf(List<(string Name, string Value)> fields, string name) =>
        [.. fields.Where(field => Same(field.Name, name)).Select(field => field.Value)];

    /// <summary>The options of all Connection fields, lower-case (RFC 9110 section 7.6.1); null: malformed.</summary>
    internal static List<string>? Options(List<(string Name, string Value)> fields)
    {
        const int optionsMax = 16;
        var options = ValuesOf(fields, "connection").SelectMany(Elements).Where(option => option != "").ToList();
        var isGood = options.Count <= optionsMax && options.All(option => Token().IsMatch(option));
        return isGood ? [.. options.Select(option => option.ToLowerInvariant())] : null;
    }

    /// <summary>1*DIGIT, bounded to what a signed 64-bit number holds for certain; null: malformed.</summary>
    internal static long? Length(string value) => Digits().IsMatch(value) ? long.Parse(value) : null;

    /// <summary>Chunked alone, but for empty elements (RFC 9110 section 5.6.1); what else there may be is refused
    /// here.</summary>
    internal static bool IsChunked(string value) =>
        Elements(value).Where(element => element != "").ToList() is [var coding] && Same(coding, "chunked");

    internal static IEnumerable<string> Elements(string list) =>
        list.Split(',').Select(element => element.Trim(' ', '\t'));

    internal static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    /// <summary>Fields as one text that does not depend on their order.</summary>
    internal static string Sorted(IEnumerable<(string Name, string Value)> fields) => string.Join(
        "; ", fields.Select(field => $"{field.Name.ToLowerInvariant()}={field.Value}").Order(StringComparer.Ordinal));

    [GeneratedRegex(@"^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):(.*)\z", RegexOptions.Singleline)]
    private static partial Regex FieldLine();

    [GeneratedRegex(@"^[!#$%&'*+\-.^_`|~0-9A-Za-z]+\z")]
    private static partial Regex Token();

    [GeneratedRegex(@"^[0-9]{1,18}\z")]
    private static partial Regex Digits();
}
