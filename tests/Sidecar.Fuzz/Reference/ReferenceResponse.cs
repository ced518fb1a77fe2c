using System.Text.RegularExpressions;
using Sidecar.Http;
using Sidecar.Http.Bodies;
using static Sidecar.Fuzz.Reference.ReferenceFields;

namespace Sidecar.Fuzz.Reference;

/// <summary>A response head by RFC 9112 and RFC 9110, as <see cref="ReferenceRequest"/> does for requests.</summary>
internal sealed partial record ReferenceResponse
{
    internal required int HeadLength { get; init; }

    internal required int Status { get; init; }

    internal required string Reason { get; init; }

    internal required bool IsHttp11 { get; init; }

    internal required List<(string Name, string Value)> Fields { get; init; }

    internal required List<string> Options { get; init; }

    internal required KnownMethod RequestMethod { get; init; }

    internal bool IsChunked => ValuesOf(Fields, "transfer-encoding").Count > 0;

    internal long? Length => ValuesOf(Fields, "content-length").Select(ReferenceFields.Length).FirstOrDefault();

    /// <summary>RFC 9112 section 6.3.</summary>
    internal BodyFraming Framing =>
        Status is < 200 or 204 or 304 || RequestMethod == KnownMethod.Head ? BodyFraming.None
        : IsChunked ? BodyFraming.Chunked
        : Length is not null ? BodyFraming.Length
        : BodyFraming.UntilClose;

    /// <summary>RFC 9112 section 9.3; and what tells of a body where none may be is not trusted with another.</summary>
    internal bool KeepAlive =>
        !Options.Contains("close") && (IsHttp11 || Options.Contains("keep-alive"))
        && Framing != BodyFraming.UntilClose && Parameter("max") != 0
        && !(Framing == BodyFraming.None && (IsChunked || Length > 0));

    /// <summary>Of interim responses nothing is said of the connection.</summary>
    internal bool IsInterimOr(bool keeps) => Status < 200 || keeps;

    /// <summary>Of the last Keep-Alive field; -1: none.</summary>
    internal int Parameter(string name)
    {
        foreach (var element in Elements(ValuesOf(Fields, "keep-alive").LastOrDefault() ?? ""))
        {
            var parts = element.Split('=', 2);
            if (parts.Length < 2 || !Same(parts[0].Trim(' ', '\t'), name)) continue;
            return ReferenceFields.Length(parts[1].Trim(' ', '\t')) is { } number
                ? (int)Math.Min(number, int.MaxValue)
                : -1;
        }
        return -1;
    }

    /// <summary>Null and false: more is needed. Null and true: it is malformed.</summary>
    internal static ReferenceResponse? Read(
        string text, int limit, int fieldsMax, KnownMethod requestMethod, out bool isMalformed)
    {
        var end = FindEnd(text, 0, limit);
        isMalformed = end < 0;
        if (end <= 0) return null;
        isMalformed = true;
        var lines = text[..(end - 2)].Split("\r\n")[..^1];
        if (lines.Length == 0) return null;
        var line = StatusLine().Match(lines[0]);
        var fields = ReferenceFields.Read(lines.Skip(1), fieldsMax);
        if (!line.Success || fields is null || ReferenceFields.Options(fields) is not { } options) return null;
        var isHttp11 = line.Groups["minor"].Value == "1";
        var lengths = ValuesOf(fields, "content-length");
        var codings = ValuesOf(fields, "transfer-encoding");
        if (lengths.Count + codings.Count > 1) return null;
        if (lengths.Any(value => ReferenceFields.Length(value) is null)) return null;
        if (codings.Any(value => !isHttp11 || !ReferenceFields.IsChunked(value))) return null;
        isMalformed = false;
        return new ReferenceResponse
        {
            HeadLength = end,
            Status = int.Parse(line.Groups["status"].Value),
            Reason = line.Groups["reason"].Value,
            IsHttp11 = isHttp11,
            Fields = fields,
            Options = options,
            RequestMethod = requestMethod,
        };
    }

    [GeneratedRegex(@"^HTTP/1\.(?<minor>[01]) (?<status>[1-5][0-9]{2})(?: (?<reason>.*))?\z", RegexOptions.Singleline)]
    private static partial Regex StatusLine();
}
