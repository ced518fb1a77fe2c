using Sidecar.Http.Bodies;
using Sidecar.Http.Fields;

namespace Sidecar.Http.Requests;

/// <summary>
/// What a request's head says. Filled anew by <see cref="RequestHeadParser"/> for each
/// request; allocates nothing once it has seen a head with as many fields. Belongs to one thread.
/// <para>The scalars stay valid until the next parse. The ranges are relative to the head's first byte, and
/// stale once the caller has written over that buffer.</para>
/// </summary>
/// <param name="fieldCountMax">The most fields of a head; one with more is refused with 431.</param>
internal sealed class RequestHead(int fieldCountMax = FieldLines.CountMax)
{
    /// <summary>Bytes up to and with the empty line; the body begins there.</summary>
    public int HeadLength { get; internal set; }

    public KnownMethod Method { get; internal set; }

    public ByteRange MethodName { get; internal set; }

    /// <summary>The request target as it came, in whichever form.</summary>
    public ByteRange Target { get; internal set; }

    /// <summary>The path before the query, still encoded; empty for <c>*</c> and for <c>http://host</c>.</summary>
    public ByteRange Path { get; internal set; }

    /// <summary>The authority of an absolute target, else empty; it overrides Host (RFC 9112 section 3.2.2).</summary>
    public ByteRange Authority { get; internal set; }

    /// <summary>The path is one of <see cref="RequestHeadOptions.MarkedPaths"/>.</summary>
    public bool HasMarkedPath { get; internal set; }

    /// <summary>True for HTTP/1.1, false for HTTP/1.0; every other version is refused (RFC 9112 section 2.3).</summary>
    public bool IsHttp11 { get; internal set; }

    public FieldLines Fields { get; } = new(fieldCountMax);

    public BodyFraming Framing { get; internal set; }

    /// <summary>The body's length in bytes; 0 unless the framing is <see cref="BodyFraming.Length"/>.</summary>
    public long ContentLength { get; internal set; }

    /// <summary>Whether at least one byte follows the head.</summary>
    public bool HasBody => Framing == BodyFraming.Chunked || ContentLength > 0;

    /// <summary>Whether the client would send another request on this connection (RFC 9112 section 9.3).</summary>
    public bool KeepAlive { get; internal set; }

    /// <summary>The client waits for 100 Continue before it sends the body (RFC 9110 section 10.1.1).</summary>
    public bool ExpectContinue { get; internal set; }

    /// <summary>The client asks for another protocol (RFC 9110 section 7.8). Never for HTTP/2 or TLS, which would carry
    /// requests past every rule here; such an offer is ignored, as the RFC allows.</summary>
    public bool Upgrade { get; internal set; }

    public bool HasWorkloadContext { get; internal set; }

    /// <summary>The value of the last workload-context field.</summary>
    public ByteRange WorkloadContext { get; internal set; }

    public bool HasFairnessId { get; internal set; }

    /// <summary>The value of the gateway's fairness-id field, else of llm-d's; of several lines the last.</summary>
    public ByteRange FairnessId { get; internal set; }

    /// <summary>Whether the fields may go upstream octet for octet: nothing in the head ends at this hop, and no
    /// forwarder before has written what this one adds to.</summary>
    public bool PassesUnchanged { get; internal set; }

    /// <summary>Length in bytes of the request line with its line end; only of a head that passes unchanged.</summary>
    public int RequestLineLength => Target.End + " HTTP/1.1\r\n".Length;

    /// <summary>The target is a path (RFC 9112 section 3.2.1), so Host names the authority.</summary>
    internal bool IsOriginForm => Authority.Length == 0 && Path.Length > 0;

    /// <summary>Empty lines before the request line, in bytes.</summary>
    internal int LeadLength { get; set; }

    /// <summary><c>TE: trailers</c> is told to the model server too.</summary>
    internal bool AcceptsTrailers { get; set; }

    internal ConnectionOptions Options;

    internal HttpFault Fault { get; set; }

    internal void Clear()
    {
        HeadLength = LeadLength = 0;
        Method = KnownMethod.Other;
        MethodName = Target = Path = Authority = WorkloadContext = FairnessId = default;
        HasMarkedPath = false;
        Fields.Clear();
        Framing = BodyFraming.None;
        ContentLength = 0;
        IsHttp11 = KeepAlive = ExpectContinue = Upgrade = PassesUnchanged = false;
        HasWorkloadContext = HasFairnessId = AcceptsTrailers = false;
        Options = ConnectionOptions.None;
        Fault = HttpFault.None;
    }
}
