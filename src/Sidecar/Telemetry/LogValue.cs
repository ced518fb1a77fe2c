using System.Globalization;
using System.Text;

namespace Sidecar.Telemetry;

/// <summary>
/// Writes values, which may come from clients, so that a line has none but the program's own names, and a terminal
/// nothing to obey: no control, no mark that turns or breaks a line is written as it is. Letters of any script are.
/// Pure; any thread.
/// </summary>
internal static class LogValue
{
    private const string CutMark = "...";

    /// <param name="line">The line that is made.</param>
    /// <param name="value">Of which as much is written as there is room for, and a mark where that is not all.</param>
    /// <param name="format">Text escapes what lies below U+0100 as \xNN, and quotes only where need be.</param>
    /// <param name="roomBytes">Of the line; becomes what is left of it.</param>
    internal static void Append(StringBuilder line, string value, LogFormat format, ref int roomBytes)
    {
        var isQuoted = format == LogFormat.Json || !IsPlain(value);
        if (isQuoted) line.Append('"');
        // By whole characters: what is no text becomes U+FFFD.
        foreach (var rune in value.EnumerateRunes())
        {
            var lengthBefore = line.Length;
            var isEscaped = AppendEscape(line, rune, format);
            roomBytes -= isEscaped ? line.Length - lengthBefore : rune.Utf8SequenceLength;
            if (roomBytes < 0)
            {
                line.Length = lengthBefore;
                line.Append(CutMark);
                break;
            }
            if (!isEscaped) line.Append(rune);
        }
        if (isQuoted) line.Append('"');
    }

    private static bool IsPlain(string value)
    {
        foreach (var character in value)
        {
            if (!char.IsBetween(character, '!', '~') || character is '"' or '=' or '\\') return false;
        }
        return true;
    }

    /// <summary>False where the character stands for itself.</summary>
    private static bool AppendEscape(StringBuilder line, Rune rune, LogFormat format)
    {
        if (rune.Value is '"' or '\\') line.Append('\\').Append((char)rune.Value);
        else if (rune.Value == '\n') line.Append(@"\n");
        else if (IsReadable(rune)) return false;
        else if (format == LogFormat.Text && rune.Value < 0x100) line.Append($@"\x{rune.Value:x2}");
        else AppendUnits(line, rune);
        return true;
    }

    private static void AppendUnits(StringBuilder line, Rune rune)
    {
        Span<char> units = stackalloc char[2];
        foreach (var unit in units[..rune.EncodeToUtf16(units)]) line.Append($@"\u{(int)unit:x4}");
    }

    private static bool IsReadable(Rune rune) => rune.IsAscii
        ? char.IsBetween((char)rune.Value, ' ', '~')
        : Rune.GetUnicodeCategory(rune) is not (
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
