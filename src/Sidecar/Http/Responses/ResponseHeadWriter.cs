using Sidecar.Http.Bodies;
using Sidecar.Http.Fields;

namespace Sidecar.Http.Responses;

/// <summary>
/// Writes the head that goes to the client: always as HTTP/1.1 (RFC 9110 section 2.5: a server's own version),
/// end-to-end fields as they came and in their order, then the framing field, what this hop says of its own connection,
/// and Server-Timing. Serves interim responses (1xx) too, which get none of the additions; an HTTP/1.0 client must not
/// be sent one. A chunked response to an HTTP/1.0 client loses its Transfer-Encoding: the caller sends the payload
/// alone and closes. Pure; any thread; allocates nothing.
/// </summary>
internal static class ResponseHeadWriter
{
    /// <summary>How much longer than <see cref="ResponseHead.HeadLength"/> the new head can be, in bytes: a space after
    /// the status and after two colons (3), Connection (24), Server-Timing (at most 51), rounded up.</summary>
    public const int GrowthBytesMax = 128;

    private const long TicksPerTenthMillisecond = TimeSpan.TicksPerMillisecond / 10;

    /// <summary>Whether the head may go to the client octet for octet, and need not be written at all.</summary>
    public static bool PassesUnchanged(ResponseHead head, in ResponseHeadEdits edits)
    {
        head.Fields.AssertHeldBy(head);
        if (!head.IsHttp11 || head.IsInterim || edits.QueueWaitTicks >= 0) return false;
        if (!edits.ClientIsHttp11 || !edits.KeepAlive || !head.CanKeepDownstream(true)) return false;
        // The framing fields stand in a head that needs them, once and well-formed, or it would not have parsed.
        var ownHop = FieldKinds.RewrittenMask & ~FieldKinds.MaskOf(FieldKind.ContentLength)
            & ~FieldKinds.MaskOf(FieldKind.TransferEncoding);
        if ((head.Fields.KindsMask & ownHop) != 0) return false;
        return head.Framing switch
        {
            BodyFraming.Length or BodyFraming.Chunked => head.FramingIsPlain,
            _ => !head.Fields.Has(FieldKind.ContentLength) && !head.Fields.Has(FieldKind.TransferEncoding),
        };
    }

    /// <summary>Writes the head and returns its length in bytes.</summary>
    /// <param name="head">As parsed; its ranges must still be true of <paramref name="source"/>.</param>
    /// <param name="source">The bytes that were parsed, from the head's first on.</param>
    /// <param name="edits">What to say of this hop.</param>
    /// <param name="destination">Elsewhere than the source; <see cref="ResponseHead.HeadLength"/> plus
    /// <see cref="GrowthBytesMax"/> suffices always.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static int Write(
        ResponseHead head, ReadOnlySpan<byte> source, in ResponseHeadEdits edits, Span<byte> destination)
    {
        if (PassesUnchanged(head, edits))
        {
            source[..head.HeadLength].CopyTo(destination);
            return head.HeadLength;
        }
        var builder = new HeadBuilder(destination);
        builder.Append("HTTP/1.1 "u8);
        builder.Append(head.Status);
        builder.Append(" "u8);
        builder.Append(head.Reason.In(source));
        builder.Append("\r\n"u8);
        var isUpgrade = edits.Upgrade && head.Status == 101;
        var dropMask = FieldKinds.RewrittenMask;
        if (isUpgrade) dropMask &= ~FieldKinds.MaskOf(FieldKind.Upgrade);
        builder.AppendFields(source, head.Fields.Lines, head.HeadLength - 2, dropMask);
        if (isUpgrade) builder.Append("Connection: Upgrade\r\n"u8);
        if (!head.IsInterim) AppendHop(ref builder, head, edits);
        builder.Append("\r\n"u8);
        return builder.Length;
    }

    private static void AppendHop(ref HeadBuilder builder, ResponseHead head, in ResponseHeadEdits edits)
    {
        if (head.TellsLength)
            builder.AppendLength(head.ContentLength);
        else if (head.Framing == BodyFraming.Chunked && edits.ClientIsHttp11)
            builder.AppendFraming(BodyFraming.Chunked, 0);

        if (!edits.KeepAlive || !head.CanKeepDownstream(edits.ClientIsHttp11))
            builder.Append("Connection: close\r\n"u8);
        else if (!edits.ClientIsHttp11)
            builder.Append("Connection: keep-alive\r\n"u8);

        if (edits.QueueWaitTicks < 0) return;
        var tenths = edits.QueueWaitTicks / TicksPerTenthMillisecond;
        builder.Append("Server-Timing: queue;dur="u8);
        builder.Append(tenths / 10);
        builder.Append("."u8);
        builder.Append(tenths % 10);
        builder.Append("\r\n"u8);
    }
}
