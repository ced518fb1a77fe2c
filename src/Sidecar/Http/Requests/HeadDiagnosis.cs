namespace Sidecar.Http.Requests;

/// <summary>Finds the fault of a head that Kestrel's parser refused, since its exception tells it only in words. Only
/// for heads that are refused anyway. Pure.</summary>
internal static class HeadDiagnosis
{
    /// <summary>The fault of the first line that is wrong.</summary>
    public static HttpFault Find(ReadOnlySpan<byte> head)
    {
        var end = head.IndexOf("\r\n"u8);
        var requestLine = head[..end];
        if (!HasServedVersion(requestLine))
            return HasSomeVersion(requestLine) ? HttpFault.UnsupportedVersion : HttpFault.BadRequestLine;
        for (var rest = head[(end + 2)..]; !rest.IsEmpty; rest = rest[(end + 2)..])
        {
            end = rest.IndexOf("\r\n"u8);
            if (end <= 0) break;
            var fault = FieldFault(rest[..end]);
            if (fault != HttpFault.None) return fault;
        }
        return HttpFault.BadRequestLine;
    }

    /// <summary>The fault of one field line without its line end.</summary>
    public static HttpFault FieldFault(ReadOnlySpan<byte> line)
    {
        if (Octets.IsBlank(line[0])) return HttpFault.FoldedLine;
        var colon = line.IndexOf((byte)':');
        if (colon < 0) return HttpFault.BadFieldLine;
        if (colon > 0 && Octets.IsBlank(line[colon - 1])) return HttpFault.SpaceBeforeColon;
        return Octets.IsToken(line[..colon]) ? HttpFault.None : HttpFault.BadFieldName;
    }

    private static bool HasServedVersion(ReadOnlySpan<byte> requestLine) =>
        requestLine.EndsWith(" HTTP/1.1"u8) || requestLine.EndsWith(" HTTP/1.0"u8);

    private static bool HasSomeVersion(ReadOnlySpan<byte> requestLine)
    {
        if (requestLine.Length < 9) return false;
        var version = requestLine[^9..];
        return version.StartsWith(" HTTP/"u8) && version[7] == '.' && char.IsAsciiDigit((char)version[6])
            && char.IsAsciiDigit((char)version[8]);
    }
}
