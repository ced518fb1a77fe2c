using System.Buffers.Text;
using System.Text;

namespace Sidecar.DataPlane;

/// <summary>
/// The head handling that all three relays share: reads a head from one contiguous buffer, and writes it anew without
/// its hop-by-hop fields. One per direction of a connection.
/// </summary>
internal sealed class HeadCodec
{
    /// <summary>Longest head, and the size of every receive.</summary>
    public const int BufferBytes = 16 * 1024;

    public HeadStatus TryRequest(byte[] source, int start, int length, Span<byte> destination, out Message message)
    {
        var status = TryRead(source.AsSpan(start, length), destination, out message);
        if (message.Framing == BodyFraming.UntilClose)
            message.Framing = BodyFraming.None;
        return status;
    }

    public HeadStatus TryResponse(byte[] source, int start, int length, Span<byte> destination, out Message message) =>
        TryRead(source.AsSpan(start, length), destination, out message);

    private static HeadStatus TryRead(ReadOnlySpan<byte> source, Span<byte> destination, out Message message)
    {
        message = new Message { KeepAlive = true, Framing = BodyFraming.UntilClose };
        var end = source.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return HeadStatus.Incomplete;
        message.HeadBytes = end + 4;
        var rest = source[..(end + 2)];
        var written = 0;
        while (rest.Length > 0)
        {
            var lineBytes = rest.IndexOf("\r\n"u8) + 2;
            var line = rest[..lineBytes];
            rest = rest[lineBytes..];
            if (written > 0 && !TryField(line[..^2], ref message))
                continue;
            line.CopyTo(destination[written..]);
            written += lineBytes;
        }

        "\r\n"u8.CopyTo(destination[written..]);
        message.WrittenBytes = written + 2;
        return HeadStatus.Complete;
    }

    private static bool TryField(ReadOnlySpan<byte> line, ref Message message)
    {
        var colon = line.IndexOf((byte)':');
        if (colon < 0)
            return false;
        var name = line[..colon];
        var value = line[(colon + 1)..].Trim((byte)' ');
        if (Ascii.EqualsIgnoreCase(name, "content-length"u8))
        {
            message.Framing = BodyFraming.Length;
            return Utf8Parser.TryParse(value, out message.ContentLength, out _);
        }

        if (Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8))
            message.Framing = BodyFraming.Chunked;
        if (!Ascii.EqualsIgnoreCase(name, "connection"u8))
            return true;
        message.KeepAlive = !Ascii.EqualsIgnoreCase(value, "close"u8);
        return false;
    }
}
