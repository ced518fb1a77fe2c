namespace Sidecar.Http.Fields;

/// <summary>Readers of single field values that requests and responses share. Pure.</summary>
internal static class FieldValues
{
    // 10^18 - 1 is below 2^63, so that no sum or product of such lengths needs a check.
    private const int LengthDigitsMax = 18;

    private static ReadOnlySpan<byte> Chunked => "chunked"u8;

    /// <summary>1*DIGIT (RFC 9110 section 8.6) and nothing else: no sign, no list, no white space.</summary>
    public static bool TryReadLength(ReadOnlySpan<byte> value, out long length)
    {
        length = 0;
        if (value.IsEmpty || value.Length > LengthDigitsMax) return false;
        foreach (var octet in value)
        {
            var digit = (uint)(octet - '0');
            if (digit > 9) return false;
            length = (length * 10) + digit;
        }
        return true;
    }

    /// <summary>Whether every reader takes a framing field alike: not so a length like 007, a coding with empty list
    /// elements beside it, or a tab around the value, which RFC 9112 section 5.1 allows and llhttp refuses.</summary>
    public static bool IsPlainFraming(ReadOnlySpan<byte> source, in FieldLine line)
    {
        var blanks = line.ValueStart - line.Name.End - 1;
        var isTight = blanks == 0 || (blanks == 1 && source[line.ValueStart - 1] == ' ');
        var isPlain = line.Kind == FieldKind.TransferEncoding
            ? line.ValueLength == Chunked.Length
            : line.ValueLength == 1 || source[line.ValueStart] != '0';
        return isTight && isPlain && source[line.Value.End] == '\r';
    }

    /// <summary>No fault if chunked is the only coding, by RFC 9112 section 6.1; else the fault. Empty list elements
    /// are skipped (RFC 9110 section 5.6.1).</summary>
    public static HttpFault TransferCodingFault(ReadOnlySpan<byte> value)
    {
        if (HeadText.EqualsLowered(value, Chunked)) return HttpFault.None;
        var (isChunked, isOther, endsWithToken) = (false, false, false);
        while (!value.IsEmpty)
        {
            var coding = NextElement(ref value);
            if (coding.IsEmpty) continue;
            if (isChunked) return HttpFault.BadTransferCoding;
            isChunked = HeadText.EqualsLowered(coding, Chunked);
            isOther |= !isChunked;
            endsWithToken = Octets.IsToken(coding);
        }
        if (!endsWithToken) return HttpFault.BadTransferCoding;
        return isOther ? HttpFault.UnknownTransferCoding : HttpFault.None;
    }

    /// <summary>Takes the first element, maybe empty, off a comma-separated list, without blanks around it.</summary>
    public static ReadOnlySpan<byte> NextElement(ref ReadOnlySpan<byte> list)
    {
        var comma = list.IndexOf((byte)',');
        var element = comma < 0 ? list : list[..comma];
        list = comma < 0 ? default : list[(comma + 1)..];
        return HeadText.Trim(element);
    }

    /// <summary>The number of a parameter like <c>timeout=5</c> in a list, or -1.</summary>
    public static int ReadParameter(ReadOnlySpan<byte> list, ReadOnlySpan<byte> name)
    {
        while (!list.IsEmpty)
        {
            var element = NextElement(ref list);
            var equals = element.IndexOf((byte)'=');
            if (equals < 0 || !HeadText.EqualsLowered(element[..equals].TrimEnd(" \t"u8), name)) continue;
            var known = TryReadLength(element[(equals + 1)..].TrimStart(" \t"u8), out var number);
            return known ? (int)Math.Min(number, int.MaxValue) : -1;
        }
        return -1;
    }
}
