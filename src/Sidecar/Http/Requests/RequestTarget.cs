using Sidecar.Http.Fields;

namespace Sidecar.Http.Requests;

/// <summary>The request target's form against its method (RFC 9112 section 3.2). Pure.</summary>
internal static class RequestTarget
{
    /// <summary>Checks the target, and for the absolute form finds the authority and the path in it.</summary>
    public static HttpFault Check(ReadOnlySpan<byte> source, RequestHead head)
    {
        if (head.Method == KnownMethod.Connect) return HttpFault.UnsupportedMethod;
        var target = head.Target.In(source);
        if (target.IsEmpty || target.ContainsAnyExcept(Octets.Target)) return HttpFault.BadTarget;
        if (target[0] == '/') return HttpFault.None;
        if (target[0] == '*')
        {
            head.Path = new ByteRange(head.Target.Start, 0);
            return target.Length == 1 && head.Method == KnownMethod.Options ? HttpFault.None : HttpFault.BadTarget;
        }
        return CheckAbsolute(target, head);
    }

    private static HttpFault CheckAbsolute(ReadOnlySpan<byte> target, RequestHead head)
    {
        var authorityStart = SchemeLength(target);
        if (authorityStart == 0) return HttpFault.BadTarget;
        var rest = target[authorityStart..];
        var authorityLength = rest.IndexOfAny((byte)'/', (byte)'?');
        if (authorityLength < 0) authorityLength = rest.Length;
        // User information in an http URI is a way to deceive (RFC 9110 section 4.2.4); '@' is not in the set. An empty
        // host is an error (section 4.2.1).
        if (authorityLength == 0 || rest[0] == ':' || rest[..authorityLength].ContainsAnyExcept(Octets.Host))
            return HttpFault.BadTarget;
        var pathStart = authorityStart + authorityLength;
        var query = target[pathStart..].IndexOf((byte)'?');
        var pathLength = query < 0 ? target.Length - pathStart : query;
        head.Authority = new ByteRange(head.Target.Start + authorityStart, authorityLength);
        head.Path = new ByteRange(head.Target.Start + pathStart, pathLength);
        return HttpFault.None;
    }

    private static int SchemeLength(ReadOnlySpan<byte> target)
    {
        if (target.Length > 7 && HeadText.StartsWithLowered(target, "http://"u8)) return 7;
        return target.Length > 8 && HeadText.StartsWithLowered(target, "https://"u8) ? 8 : 0;
    }
}
