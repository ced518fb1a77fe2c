namespace Sidecar.Http.Bodies;

/// <summary>In which form a <see cref="ChunkScanner"/> passes a body on.</summary>
internal enum ChunkedForm : byte
{
    /// <summary>The payload alone, for a client that knows no chunks.</summary>
    Payload,

    /// <summary>
    /// Chunks, and the trailer section empty. What follows a request's body could be taken for fields of its head by
    /// the server behind (RFC 9110 section 6.5.1 forbids that, and parsers did it all the same), after the head's were
    /// checked; model servers read none.
    /// </summary>
    Chunks,

    /// <summary>Chunks and trailer fields.</summary>
    ChunksAndTrailers,
}
