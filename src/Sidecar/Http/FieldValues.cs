using System.Text;

namespace Sidecar.Http;

/// <summary>Readers of single field values that requests and responses share. Pure.</summary>
internal static class FieldValues
{
    // 10^18 - 1 is below 2^63, so that no sum or product of such lengths needs a check.
    private const int LengthDigitsMax = 18;

    /// <summary>1*DIGIT (RFC 9110 section 8.6) and nothing else: no sign, no list, no white space.</summary>
    public static bool TryReadLength(ReadOnlySpan<byte> value, out long length)
    {
        length = 0;
        if (value.IsEmpty || value.Length > LengthDigitsMax)
            return false;
        foreach (var octet in value)
        {
            var digit = (uint)(octet - '0');
            if (digit > 9)
                return false;
            length = (length * 10) + digit;
        }

        return true;
    }

    /// <summary>
    /// Whether a framing field stands as every reader takes it: 007 is a length too, but not everybody's seven, and
    /// llhttp refuses a tab around a value that RFC 9112 section 5.1 allows.
    /// </summary>
    public static bool IsPlainFraming(ReadOnlySpan<byte> source, in FieldLine line)
    {
        var blanks = line.ValueStart - line.Name.End - 1;
        var isTight = blanks == 0 || (blanks == 1 && source[line.ValueStart - 1] == ' ');
        return isTight && source[line.Value.End] == '\r'
            && (line.ValueLength == 1 || source[line.ValueStart] != '0');
    }

    /// <summary>None if the only coding is chunked, by RFC 9112 section 6.1; else what is wrong with it.</summary>
    public static HttpFault TransferCodingFault(ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(value, "chunked"u8))
            return HttpFault.None;
        var comma = value.LastIndexOf((byte)',');
        var last = value[(comma + 1)..].Trim(" \t"u8);
        if (last.IsEmpty || last.ContainsAnyExcept(Octets.Token))
            return HttpFault.BadTransferCoding;
        var isTwice = comma >= 0 && ContainsChunked(value[..comma]);
        return isTwice ? HttpFault.BadTransferCoding : HttpFault.UnknownTransferCoding;
    }

    /// <summary>The number of a parameter like <c>timeout=5</c> in a list, or -1.</summary>
    public static int ReadParameter(ReadOnlySpan<byte> list, ReadOnlySpan<byte> name)
    {
        while (!list.IsEmpty)
        {
            var comma = list.IndexOf((byte)',');
            var element = (comma < 0 ? list : list[..comma]).Trim(" \t"u8);
            list = comma < 0 ? default : list[(comma + 1)..];
            var equals = element.IndexOf((byte)'=');
            if (equals < 0 || !Ascii.EqualsIgnoreCase(element[..equals].TrimEnd(" \t"u8), name))
                continue;
            var known = TryReadLength(element[(equals + 1)..].TrimStart(" \t"u8), out var number);
            return known ? (int)Math.Min(number, int.MaxValue) : -1;
        }

        return -1;
    }

    private static bool ContainsChunked(ReadOnlySpan<byte> value)
    {
        while (!value.IsEmpty)
        {
            var comma = value.IndexOf((byte)',');
            if (Ascii.EqualsIgnoreCase((comma < 0 ? value : value[..comma]).Trim(" \t"u8), "chunked"u8))
                return true;
            value = comma < 0 ? default : value[(comma + 1)..];
        }

        return false;
    }
}
