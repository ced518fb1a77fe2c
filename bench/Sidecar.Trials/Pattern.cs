namespace Sidecar.Trials;

/// <summary>
/// Bytes that tell their own position, so that a loss, a doubling or a mix shows: block n of 64 KiB is a shifted block
/// 0. Pure after its first use; any thread.
/// </summary>
internal static class Pattern
{
    private const int BlockBytes = 64 * 1024, Blocks = 251;

    private static readonly byte[][] All = [.. Enumerable.Range(0, Blocks).Select(Block)];

    /// <summary>The bytes from a position up to the end of its block.</summary>
    internal static ReadOnlyMemory<byte> From(long position, long most)
    {
        var start = (int)(position % BlockBytes);
        var length = (int)Math.Min(BlockBytes - start, most);
        return All[position / BlockBytes % Blocks].AsMemory(start, length);
    }

    /// <summary>Whether the bytes are those from a position on.</summary>
    internal static bool Fits(ReadOnlySpan<byte> bytes, long position)
    {
        while (!bytes.IsEmpty)
        {
            var expected = From(position, bytes.Length).Span;
            if (!bytes[..expected.Length].SequenceEqual(expected)) return false;
            bytes = bytes[expected.Length..];
            position += expected.Length;
        }
        return true;
    }

    private static byte[] Block(int number)
    {
        var block = new byte[BlockBytes];
        for (var i = 0; i < BlockBytes; i++) block[i] = (byte)(i * 7 + (i >> 8) + number);
        return block;
    }
}
