using Sidecar.Http.Bodies;
using Sidecar.Http.Fields;

namespace Sidecar.Http.Responses;

/// <summary>Where a response's body ends, and whether its connection can be used again. Pure.</summary>
internal static class ResponseFraming
{
    /// <summary>Applies RFC 9112 section 6.3 to what the fields say.</summary>
    public static HttpFault Apply(ResponseHead head, KnownMethod requestMethod)
    {
        var hasCoding = head.Fields.Has(FieldKind.TransferEncoding);
        var hasLength = head.Fields.Has(FieldKind.ContentLength);
        // The RFC lets the coding win; but two readers that choose differently are how responses get split.
        if (hasCoding && hasLength) return HttpFault.LengthWithTransferCoding;

        var isBodiless = head.IsInterim || head.Status == 204;
        if (isBodiless || head.Status == 304 || requestMethod == KnownMethod.Head)
            head.Framing = BodyFraming.None;
        else if (hasCoding)
            head.Framing = BodyFraming.Chunked;
        else
            head.Framing = hasLength ? BodyFraming.Length : BodyFraming.UntilClose;
        head.TellsLength = hasLength && !isBodiless;

        var keeps = (head.Options & ConnectionOptions.Close) == 0
            && (head.IsHttp11 || (head.Options & ConnectionOptions.KeepAlive) != 0);
        // A body announced where none follows (HEAD, 304) may come all the same, and late: after the next request has
        // been sent, nothing tells it from the next response's start.
        var isCertain = head.Framing != BodyFraming.None || !(hasCoding || head.ContentLength > 0);
        head.KeepAlive = keeps && isCertain && head.Framing != BodyFraming.UntilClose && head.KeepAliveMax != 0;
        return HttpFault.None;
    }
}
