namespace Sidecar.Http;

/// <summary>A stretch of a head, as an offset from the head's first byte and a length, in bytes. Stale once the buffer
/// that the head was parsed from is written over.</summary>
internal readonly record struct ByteRange(int Start, int Length)
{
    public int End => Start + Length;

    /// <summary>The bytes of this range, out of a span that begins with the head's first byte.</summary>
    public ReadOnlySpan<byte> In(ReadOnlySpan<byte> source) => source.Slice(Start, Length);
}
