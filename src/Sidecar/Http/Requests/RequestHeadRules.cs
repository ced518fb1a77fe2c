using System.Text;
using Sidecar.Http.Fields;

namespace Sidecar.Http.Requests;

/// <summary>The rules that need the whole request line, or all fields together. Pure.</summary>
internal static class RequestHeadRules
{
    /// <summary>Checks the request line's grammar (RFC 9112 section 3): one space each, and nothing after.</summary>
    public static HttpFault CheckRequestLine(ReadOnlySpan<byte> source, RequestHead head)
    {
        // The splitter passes over more spaces before the version, where a reader of tokens would see a third.
        var version = head.IsHttp11 ? " HTTP/1.1\r\n"u8 : " HTTP/1.0\r\n"u8;
        if (head.Target.Start != head.MethodName.End + 1 || !source[head.Target.End..].StartsWith(version))
            return HttpFault.BadRequestLine;
        if (head.Method == KnownMethod.Other && !Octets.IsToken(head.MethodName.In(source)))
            return HttpFault.BadRequestLine;
        return RequestTarget.Check(source, head);
    }

    /// <summary>Host, framing, connection: what follows from all fields (RFC 9112 sections 3.2, 6.3, 9.3).</summary>
    public static HttpFault Finish(ReadOnlySpan<byte> source, RequestHead head, PathTable paths)
    {
        var fields = head.Fields;
        if (head.IsHttp11 && !fields.Has(FieldKind.Host)) return HttpFault.HostMissing;
        if (fields.Has(FieldKind.TransferEncoding) && fields.Has(FieldKind.ContentLength))
            return HttpFault.LengthWithTransferCoding;

        var options = head.Options;
        head.KeepAlive = (options & ConnectionOptions.Close) == 0
            && (head.IsHttp11 || (options & ConnectionOptions.KeepAlive) != 0);
        head.Upgrade &= head.IsHttp11 && (options & ConnectionOptions.Upgrade) != 0;
        head.AcceptsTrailers &= head.IsHttp11 && (options & ConnectionOptions.Te) != 0;
        if ((options & ConnectionOptions.Named) != 0) ConnectionOptionReader.MarkNamed(source, fields);
        head.HasMarkedPath = paths.Contains(head.Path.Length == 0 ? "/"u8 : head.Path.In(source));
        head.PassesUnchanged = PassesUnchanged(source, head);
        return HttpFault.None;
    }

    private static bool PassesUnchanged(ReadOnlySpan<byte> source, RequestHead head)
    {
        // A single keep-alive is what this hop would say to the next as well, and so need not be taken out.
        const uint alwaysRewritten = (FieldKinds.RewrittenMask | FieldKinds.ForwardedMask)
            & ~((1u << (int)FieldKind.ContentLength) | (1u << (int)FieldKind.TransferEncoding)
                | (1u << (int)FieldKind.Connection));
        if (!head.IsHttp11 || head.LeadLength != 0 || head.Authority.Length != 0 || head.ExpectContinue
            || (head.Fields.KindsMask & alwaysRewritten) != 0
            || (head.Options & ~ConnectionOptions.KeepAlive) != 0)
            return false;
        foreach (ref readonly var line in head.Fields.Lines)
        {
            if (line.Kind is FieldKind.ContentLength or FieldKind.TransferEncoding)
                return FieldValues.IsPlainFraming(source, line);
        }
        return true;
    }
}
