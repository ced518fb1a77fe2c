namespace Sidecar.Http.Fields;

/// <summary>Finds the end of a head and every octet that no head may hold, so that a bad head is refused before its end
/// has come. Pure; each byte is looked at once, however the head is split.</summary>
internal static class HeadScanner
{
    /// <param name="data">All bytes at hand from the head's first on.</param>
    /// <param name="leadLength">The bytes of tolerated empty lines before the head.</param>
    /// <param name="limitBytes">The longest head, with its empty line.</param>
    /// <param name="scannedBytes">Where the last scan of the same head ended; 0 for a new one.</param>
    /// <param name="headLength">Bytes up to and with the empty line.</param>
    /// <param name="fault">Why the head is malformed.</param>
    public static ParseStatus Scan(
        ReadOnlySpan<byte> data, int leadLength, int limitBytes, ref int scannedBytes, out int headLength,
        out HttpFault fault)
    {
        headLength = 0;
        fault = HttpFault.None;
        var position = Math.Max(scannedBytes, leadLength);
        var lineStart = StartsLine(data, position, leadLength) ? position : -1;
        while (true)
        {
            var hit = HeadText.IndexOfControl(data[position..]);
            if (hit < 0) return Wait(data, data.Length, limitBytes, ref scannedBytes, out fault);
            position += hit;
            if (data[position] != '\r')
            {
                fault = data[position] == '\n' ? HttpFault.BareLineFeed : HttpFault.ControlOctet;
                return ParseStatus.Malformed;
            }
            if (position + 1 == data.Length) return Wait(data, position, limitBytes, ref scannedBytes, out fault);
            if (data[position + 1] != '\n')
            {
                fault = HttpFault.BareCarriageReturn;
                return ParseStatus.Malformed;
            }
            position += 2;
            if (lineStart == position - 2) break;
            lineStart = position;
        }
        headLength = position;
        fault = headLength > limitBytes ? HttpFault.HeadTooLarge : HttpFault.None;
        return fault == HttpFault.None ? ParseStatus.Complete : ParseStatus.Malformed;
    }

    private static bool StartsLine(ReadOnlySpan<byte> data, int position, int leadLength) =>
        position == leadLength || (position >= 2 && data[position - 2] == '\r' && data[position - 1] == '\n');

    private static ParseStatus Wait(
        ReadOnlySpan<byte> data, int position, int limitBytes, ref int scannedBytes, out HttpFault fault)
    {
        scannedBytes = position;
        fault = data.Length >= limitBytes ? HttpFault.HeadTooLarge : HttpFault.None;
        return fault == HttpFault.None ? ParseStatus.Incomplete : ParseStatus.Malformed;
    }
}
