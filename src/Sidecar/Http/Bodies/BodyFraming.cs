namespace Sidecar.Http.Bodies;

/// <summary>How the end of a message body is found (RFC 9112 section 6.3).</summary>
public enum BodyFraming : byte
{
    /// <summary>The message ends with its head.</summary>
    None,

    /// <summary>As many bytes as <c>Content-Length</c> says, which may be 0.</summary>
    Length,

    /// <summary>Chunks, read with <see cref="ChunkScanner"/>.</summary>
    Chunked,

    /// <summary>Everything to the end of the connection; responses only.</summary>
    UntilClose,
}
