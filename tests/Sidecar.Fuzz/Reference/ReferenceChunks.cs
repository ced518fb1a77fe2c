using System.Globalization;
using System.Text.RegularExpressions;
using Sidecar.Http.Bodies;

namespace Sidecar.Fuzz.Reference;

/// <summary>
/// The grammar of RFC 9112 section 7.1 with this project's bounds, on the whole body at once and with no regard
/// for speed: what the scanner is held to.
/// </summary>
internal static partial class ReferenceChunks
{
    /// <summary>What a line may lack: its end, a size, a name or value, the end of a quoted one.</summary>
    private static readonly string[] LineEnds = ["\r\n", "\n", "0\r\n", ";a\r\n", "a\r\n", "\"\r\n", "a\"\r\n"];

    public sealed record Result(
        ScanStatus Status, string Framed, string FramedWithoutTrailers, string Payload, int Consumed);

    public static Result Decode(string body)
    {
        var framed = "";
        var payload = "";
        var position = 0;
        while (true)
        {
            var line = SizeLine().Match(body, position);
            if (!line.Success || line.Groups["ext"].Length > ChunkScanner.ExtensionBytesMax)
                return IsPrefix(body, position) ? More(body) : Broken();
            var size = long.Parse(line.Groups["size"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            framed += line.Groups["size"].Value + "\r\n";
            position += line.Length;
            if (size == 0) return Trailers(body, position, framed, payload);
            if (body.Length - position < size) return More(body);
            payload += body.Substring(position, (int)size);
            framed += body.Substring(position, (int)size);
            position += (int)size;
            var end = body[position..];
            if (!end.StartsWith("\r\n", StringComparison.Ordinal))
                return "\r\n".StartsWith(end, StringComparison.Ordinal) ? More(body) : Broken();
            framed += "\r\n";
            position += 2;
        }
    }

    private static Result Trailers(string body, int position, string framed, string payload)
    {
        var section = TrailerSection().Match(body, position);
        var length = section.Groups["lines"].Length;
        if (section.Success && length < ChunkScanner.TrailerBytesMax)
            return new Result(
                ScanStatus.End, framed + section.Value, framed + "\r\n", payload, position + section.Length);
        var rest = body[position..];
        var isPrefix = rest.Length <= ChunkScanner.TrailerBytesMax && TrailerPrefix().IsMatch(rest);
        return isPrefix ? More(body) : Broken();
    }

    /// <summary>Whether something could follow that makes a size line of it.</summary>
    private static bool IsPrefix(string body, int position)
    {
        var line = body[position..];
        var extensions = line.TrimEnd('\r').TrimStart([.. "0123456789abcdefABCDEF"]);
        return extensions.Length <= ChunkScanner.ExtensionBytesMax
            && LineEnds.Any(end => SizeLine().Match(line + end) is { Success: true } match
                && match.Length == line.Length + end.Length);
    }

    // Of a body that has not ended only the status is compared.
    private static Result More(string body) => new(ScanStatus.NeedMore, "", "", "", body.Length);

    private static Result Broken() => new(ScanStatus.Malformed, "", "", "", 0);

    /// <summary>RFC 9112 section 7.1.1; blanks are its BWS.</summary>
    [GeneratedRegex("""
        \G(?<size>[0-9a-fA-F]{1,15})
        (?<ext>(?:[ \t]*;[ \t]*[!\#$%&'*+\-.^_`|~0-9a-zA-Z]+
            (?:[ \t]*=[ \t]*(?:[!\#$%&'*+\-.^_`|~0-9a-zA-Z]+
                |"(?:[\t\x20\x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"))?)*)
        \r\n
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture)]
    private static partial Regex SizeLine();

    [GeneratedRegex(@"\G(?<lines>(?:[!#$%&'*+\-.^_`|~0-9a-zA-Z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*)\r\n")]
    private static partial Regex TrailerSection();

    [GeneratedRegex(@"^(?:[!#$%&'*+\-.^_`|~0-9a-zA-Z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*"
        + @"(?:|\r|[!#$%&'*+\-.^_`|~0-9a-zA-Z]+|[!#$%&'*+\-.^_`|~0-9a-zA-Z]+:[\t\x20-\x7e\x80-\xff]*\r?)\z")]
    private static partial Regex TrailerPrefix();
}
