using Sidecar.Http.Bodies;
using Sidecar.Http.Fields;

namespace Sidecar.Http.Responses;

/// <summary>
/// What a response's head says. Filled anew by <see cref="ResponseHeadParser"/>; allocates nothing once it has seen a
/// head with as many fields. Belongs to one thread. The scalars stay valid until the next parse; the ranges are
/// relative to the head's first byte and stale once that buffer is written over.
/// </summary>
/// <param name="fields">May be shared by one thread's heads that are used up one by one; scalars stay.</param>
internal sealed class ResponseHead(FieldLines fields)
{
    /// <summary>Bytes up to and with the empty line; the body begins there.</summary>
    public int HeadLength { get; internal set; }

    /// <summary>100 to 599.</summary>
    public int Status { get; internal set; }

    /// <summary>Status 100 to 199: another head follows, except after 101.</summary>
    public bool IsInterim => Status < 200;

    public ByteRange Reason { get; internal set; }

    /// <summary>True for HTTP/1.1, false for HTTP/1.0; every other version is refused (RFC 9112 section 2.3).</summary>
    public bool IsHttp11 { get; internal set; }

    public FieldLines Fields { get; } = fields;

    /// <summary>The body's framing by RFC 9112 section 6.3, given the method of the request answered.</summary>
    public BodyFraming Framing { get; internal set; }

    /// <summary>Content-Length in bytes, with HEAD and 304 that of a body not sent; 0 without the field.</summary>
    public long ContentLength { get; internal set; }

    /// <summary>Whether the model server keeps its connection, and the framing lets it be used again.</summary>
    public bool KeepAlive { get; internal set; }

    /// <summary>The <c>timeout</c> of the Keep-Alive field in seconds, or -1.</summary>
    public int KeepAliveTimeoutSeconds { get; internal set; }

    /// <summary>The <c>max</c> of the Keep-Alive field: requests that the connection still takes; or -1.</summary>
    public int KeepAliveMax { get; internal set; }

    /// <summary>Whether the client's connection can be used again after this response: the response's end must be
    /// marked, and an HTTP/1.0 client knows no chunks.</summary>
    public bool CanKeepDownstream(bool clientIsHttp11) =>
        Framing != BodyFraming.UntilClose && (clientIsHttp11 || Framing != BodyFraming.Chunked);

    internal ConnectionOptions Options;

    /// <summary>The Content-Length is to be sent on: there is one, and the status allows it.</summary>
    internal bool TellsLength { get; set; }

    /// <summary>The framing field may be sent on as it came.</summary>
    internal bool FramingIsPlain { get; set; }

    internal int OptionCount;

    internal void Clear()
    {
        HeadLength = Status = OptionCount = 0;
        Reason = default;
        Fields.Clear();
        Framing = BodyFraming.None;
        ContentLength = 0;
        IsHttp11 = KeepAlive = TellsLength = FramingIsPlain = false;
        KeepAliveTimeoutSeconds = KeepAliveMax = -1;
        Options = ConnectionOptions.None;
    }
}
