using Sidecar.Http.Fields;

namespace Sidecar.Http.Requests;

/// <summary>
/// Writes the head that goes to the model server: HTTP/1.1, end-to-end fields as they came and in their order,
/// then what a gateway adds (<see cref="ForwardedFields"/>) and one framing field. What ends at this hop is left
/// out (RFC 9110 section 7.6.1): Connection and what it names, Keep-Alive, Proxy-Connection, TE but for trailers,
/// Upgrade unless it is asked for, and Expect, which is answered here.
/// <para>A target in absolute form is rewritten to origin form, and its authority becomes Host (RFC 9112
/// sections 3.2.1 and 3.2.2): model servers do not read the absolute form alike, and what they route by must be
/// the path that was looked at here. Pure; any thread; allocates nothing.</para>
/// </summary>
internal static class RequestHeadWriter
{
    /// <summary>
    /// How much longer than <see cref="RequestHead.HeadLength"/> the new head can be, in bytes: a Host for 1.0 or for
    /// an authority (8), a slash (1), spaces after two colons (2), <c>TE</c> and its option (31) or the option for
    /// Upgrade (21), the forwarded fields (120) with a comma and a space (3), rounded up.
    /// </summary>
    public const int GrowthBytesMax = 256;

    private const uint DropMask = FieldKinds.RewrittenMask | (1u << (int)FieldKind.Expect);

    /// <summary>Writes the head and returns its length in bytes.</summary>
    /// <param name="head">As parsed; its ranges must still be true of <paramref name="source"/>.</param>
    /// <param name="source">The bytes that were parsed, from the head's first on.</param>
    /// <param name="forwarded">What to tell of the client's connection.</param>
    /// <param name="destination">Elsewhere than the source; <see cref="RequestHead.HeadLength"/> plus
    /// <see cref="GrowthBytesMax"/> suffices always.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static int Write(
        RequestHead head, ReadOnlySpan<byte> source, ForwardedFields forwarded, Span<byte> destination)
    {
        var builder = new HeadBuilder(destination);
        if (head.PassesUnchanged)
        {
            builder.Append(source[..head.RequestLineLength]);
            builder.Append(forwarded.Lines);
            builder.Append(source[head.RequestLineLength..head.HeadLength]);
            return builder.Length;
        }
        builder.Append(head.MethodName.In(source));
        builder.Append(" "u8);
        AppendTarget(ref builder, head, source);
        builder.Append(" HTTP/1.1\r\n"u8);
        var dropMask = DropMask | forwarded.RewrittenMask;
        if (head.Authority.Length > 0)
        {
            dropMask |= FieldKinds.MaskOf(FieldKind.Host);
            builder.Append("Host: "u8);
            builder.Append(head.Authority.In(source));
            builder.Append("\r\n"u8);
        }
        else if (!head.Fields.Has(FieldKind.Host))
        {
            // What HTTP/1.1 asks for where nobody named an authority (RFC 9112 section 3.2). Whether the server behind
            // has a default, or refuses it as this one would (section 3.3), is for it to say.
            builder.Append("Host:\r\n"u8);
        }
        if (head.Upgrade) dropMask &= ~FieldKinds.MaskOf(FieldKind.Upgrade);
        builder.AppendFields(source, head.Fields.Lines, head.HeadLength - 2, dropMask);
        forwarded.AppendTo(ref builder, head, source);
        if (head.Upgrade)
            builder.Append("Connection: Upgrade\r\n"u8);
        else if (head.AcceptsTrailers)
            builder.Append("TE: trailers\r\nConnection: TE\r\n"u8);
        builder.AppendFraming(head.Framing, head.ContentLength);
        builder.Append("\r\n"u8);
        return builder.Length;
    }

    private static void AppendTarget(ref HeadBuilder builder, RequestHead head, ReadOnlySpan<byte> source)
    {
        if (head.Authority.Length == 0)
        {
            builder.Append(head.Target.In(source));
            return;
        }
        if (head.Path.Length == 0)
        {
            // OPTIONS of a whole server (RFC 9112 section 3.2.4); of any other method the path is the root.
            var isServer = head.Method == KnownMethod.Options && head.Path.Start == head.Target.End;
            builder.Append(isServer ? "*"u8 : "/"u8);
        }
        builder.Append(source[head.Path.Start..head.Target.End]);
    }
}
