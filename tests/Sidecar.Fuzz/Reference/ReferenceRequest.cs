using System.Text.RegularExpressions;
using static Sidecar.Fuzz.Reference.ReferenceFields;

namespace Sidecar.Fuzz.Reference;

/// <summary>
/// A request head by RFC 9112 and RFC 9110, with this project's choices where they leave one. Reads the whole text at
/// once; every rule is one line.
/// </summary>
internal sealed partial record ReferenceRequest
{
    internal required int HeadLength { get; init; }

    internal required string Method { get; init; }

    internal required string Target { get; init; }

    /// <summary>Of a target in absolute form; else empty.</summary>
    internal required string Authority { get; init; }

    internal required bool IsHttp11 { get; init; }

    internal required List<(string Name, string Value)> Fields { get; init; }

    internal required List<string> Options { get; init; }

    internal required bool IsChunked { get; init; }

    internal required long? Length { get; init; }

    /// <summary>What the model server is asked for: the absolute form ends here (RFC 9112 section 3.2.1).</summary>
    internal string UpstreamTarget => UpstreamTargetOf(Method, Target);

    /// <summary>By its target, or by Host.</summary>
    internal bool NamesHost => Authority != "" || ValuesOf(Fields, "host").Any(value => value != "");

    internal bool KeepAlive => !Options.Contains("close") && (IsHttp11 || Options.Contains("keep-alive"));

    internal bool ExpectsContinue => IsHttp11 && ValuesOf(Fields, "expect").Count > 0;

    internal bool AsksUpgrade
    {
        get
        {
            var offers = ValuesOf(Fields, "upgrade");
            return IsHttp11 && Options.Contains("upgrade") && offers.Count > 0
                && offers.All(offer => offer != "" && !Elements(offer).Any(one => HttpOffer().IsMatch(one)));
        }
    }

    internal string? Context => ValuesOf(Fields, "x-workload-context").LastOrDefault();

    internal string? FairnessId => ValuesOf(Fields, "x-gateway-inference-fairness-id").LastOrDefault()
        ?? ValuesOf(Fields, "x-llm-d-inference-fairness-id").LastOrDefault();

    internal static string UpstreamTargetOf(string method, string target)
    {
        if (Absolute().Match(target) is not { Success: true } match) return target;
        target = target[(match.Groups["authority"].Index + match.Groups["authority"].Length)..];
        if (target == "" && method == "OPTIONS") return "*";
        return target.StartsWith('/') ? target : "/" + target;
    }

    /// <summary>Null and false: more is needed. Null and true: it is malformed.</summary>
    internal static ReferenceRequest? Read(
        string text, int limit, int fieldsMax, out bool isMalformed, string? pseudonym = null, bool needsHost = true)
    {
        // RFC 9112 section 2.2: a server ignores at least one empty line before the request line.
        var lead = text.StartsWith("\r\n\r\n") ? 4 : text.StartsWith("\r\n") ? 2 : 0;
        var end = FindEnd(text, lead, limit);
        isMalformed = end < 0;
        if (end <= 0) return null;
        isMalformed = true;
        var lines = text[lead..(end - 2)].Split("\r\n")[..^1];
        if (lines.Length == 0) return null;
        var line = RequestLine().Match(lines[0]);
        var fields = ReferenceFields.Read(lines.Skip(1), fieldsMax);
        if (!line.Success || fields is null) return null;
        var target = line.Groups["target"].Value;
        if (!IsTargetOf(line.Groups["method"].Value, target)) return null;
        var options = ReferenceFields.Options(fields);
        var isHttp11 = line.Groups["minor"].Value == "1";
        if (options is null || !AreGood(fields, isHttp11)) return null;
        needsHost &= isHttp11 && target[0] == '/';
        if (needsHost && ValuesOf(fields, "host").Contains("")) return null;
        if (pseudonym is not null && HasPassed(fields, pseudonym)) return null;
        isMalformed = false;
        return new ReferenceRequest
        {
            HeadLength = end,
            Method = line.Groups["method"].Value,
            Target = target,
            Authority = Absolute().Match(target) is { Success: true } match ? match.Groups["authority"].Value : "",
            IsHttp11 = isHttp11,
            Fields = fields,
            Options = options,
            IsChunked = ValuesOf(fields, "transfer-encoding").Count > 0,
            Length = ValuesOf(fields, "content-length").Select(ReferenceFields.Length).FirstOrDefault(),
        };
    }

    /// <summary>RFC 9112 section 3.2: four forms; authority-form is for CONNECT, which is not served.</summary>
    private static bool IsTargetOf(string method, string target)
    {
        if (method == "CONNECT") return false;
        if (target[0] == '/') return true;
        return target == "*" ? method == "OPTIONS" : Absolute().IsMatch(target);
    }

    /// <summary>
    /// RFC 9110 section 7.6.3: <c>received-protocol RWS received-by [ RWS comment ]</c>, where a port may follow the
    /// name.
    /// </summary>
    private static bool HasPassed(List<(string Name, string Value)> fields, string pseudonym) =>
        ValuesOf(fields, "via").SelectMany(Elements).Any(member => member.Split(' ', '\t') is [_, .. var rest]
            && rest.FirstOrDefault(word => word != "") is { } receivedBy && Same(receivedBy.Split(':')[0], pseudonym));

    private static bool AreGood(List<(string Name, string Value)> fields, bool isHttp11)
    {
        var hosts = ValuesOf(fields, "host");
        var lengths = ValuesOf(fields, "content-length");
        var codings = ValuesOf(fields, "transfer-encoding");
        var expectations = ValuesOf(fields, "expect");
        return hosts.Count <= 1 && (hosts.Count == 1 || !isHttp11) && hosts.All(host => Host().IsMatch(host))
            && lengths.Count + codings.Count <= 1
            && lengths.All(value => ReferenceFields.Length(value) is not null)
            && codings.All(value => isHttp11 && ReferenceFields.IsChunked(value))
            && (!isHttp11 || expectations.All(value => Same(value, "100-continue")));
    }

    [GeneratedRegex(@"^(?<method>[!#$%&'*+\-.^_`|~0-9A-Za-z]+) (?<target>[\x21\x22\x24-\x7e]+) "
        + @"HTTP/1\.(?<minor>[01])\z")]
    private static partial Regex RequestLine();

    [GeneratedRegex(@"^[hH][tT][tT][pP][sS]?://(?<authority>(?!:)[-._~!$&'()*+;=:\[\]%0-9A-Za-z]+)(?:[/?].*)?\z")]
    private static partial Regex Absolute();

    [GeneratedRegex(@"^(?!:)[-._~!$&'()*+;=:\[\]%0-9A-Za-z]*\z")]
    private static partial Regex Host();

    [GeneratedRegex("^(?:h2|http|tls)", RegexOptions.IgnoreCase)]
    private static partial Regex HttpOffer();
}
