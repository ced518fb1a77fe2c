namespace Sidecar.Http.Bodies;

/// <summary>The form in which a <see cref="ChunkScanner"/> passes a body on.</summary>
internal enum ChunkedForm : byte
{
    /// <summary>The payload alone, for a client that knows no chunks.</summary>
    Payload,

    /// <summary>
    /// Chunks, with an empty trailer section. The server behind could take a request's trailers for fields of its head
    /// after those were checked (RFC 9110 section 6.5.1 forbids it, but parsers did it); model servers read none.
    /// </summary>
    Chunks,

    /// <summary>Chunks and trailer fields.</summary>
    ChunksAndTrailers,
}
