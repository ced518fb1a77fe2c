using System.Buffers.Text;
using System.Text;

namespace Sidecar.Workloads;

/// <summary>
/// The pieces of JSON text (RFC 8259 sections 6 and 7) that are read without exceptions. Pure; allocates nothing.
/// Each expects text that a JSON reader has accepted already.
/// </summary>
internal static class JsonText
{
    /// <summary>Length of <c>\uXXXX</c>.</summary>
    private const int UnicodeEscapeBytes = 6;

    public static bool CanBeginValue(byte first) =>
        first is (byte)'{' or (byte)'[' or (byte)'"' or (byte)'-' or (byte)'t' or (byte)'f' or (byte)'n'
        || char.IsAsciiDigit((char)first);

    /// <summary>
    /// A number without fraction and exponent, of any length; beyond 32 bits it saturates. False for any other.
    /// </summary>
    public static bool TryReadInteger(ReadOnlySpan<byte> number, out int value)
    {
        value = 0;
        var negative = number.Length > 0 && number[0] == (byte)'-';
        var digits = negative ? number[1..] : number;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        if (!Utf8Parser.TryParse(digits, out value, out var consumed) || consumed != digits.Length)
            value = int.MaxValue;
        if (negative) value = -value;
        return true;
    }

    /// <summary>
    /// Resolves the escapes of a string's inside. False with a <paramref name="length"/> of -1 where a surrogate
    /// stands alone, and false with a length of 0 where the result does not fit.
    /// </summary>
    public static bool TryUnescape(ReadOnlySpan<byte> text, Span<byte> destination, out int length)
    {
        length = 0;
        var written = 0;
        while (!text.IsEmpty)
        {
            if (text[0] != (byte)'\\')
            {
                var plain = text.IndexOf((byte)'\\');
                if (plain < 0) plain = text.Length;
                if (!text[..plain].TryCopyTo(destination[written..])) return false;
                written += plain;
                text = text[plain..];
                continue;
            }
            var consumed = ReadEscape(text, out var rune);
            if (consumed < 0)
            {
                length = -1;
                return false;
            }
            if (!rune.TryEncodeToUtf8(destination[written..], out var encoded)) return false;
            written += encoded;
            text = text[consumed..];
        }
        length = written;
        return true;
    }

    /// <summary>Bytes that the escape at the front takes, or -1 where it is half of a pair without the other.</summary>
    private static int ReadEscape(ReadOnlySpan<byte> text, out Rune rune)
    {
        if (text[1] != (byte)'u')
        {
            rune = new Rune(Short(text[1]));
            return 2;
        }
        var first = Hex(text);
        if (Rune.TryCreate(first, out rune)) return UnicodeEscapeBytes;
        var rest = text[UnicodeEscapeBytes..];
        if (rest.Length < UnicodeEscapeBytes || rest[0] != (byte)'\\' || rest[1] != (byte)'u') return -1;
        return Rune.TryCreate(first, Hex(rest), out rune) ? 2 * UnicodeEscapeBytes : -1;
    }

    private static char Short(byte letter) => (char)letter switch
    {
        'b' => '\b',
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        var itself => itself,
    };

    private static char Hex(ReadOnlySpan<byte> escape)
    {
        Utf8Parser.TryParse(escape[2..UnicodeEscapeBytes], out ushort value, out _, 'x');
        return (char)value;
    }
}
