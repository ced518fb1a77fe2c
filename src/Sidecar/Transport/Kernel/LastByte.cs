namespace Sidecar.Transport.Kernel;

/// <summary>
/// Lets the peer of a Unix socket tell Abort from Close. The kernel ignores SO_LINGER there; the peer gets ECONNRESET
/// exactly when the closing side has bytes unread (unix_release_sock in net/unix/af_unix.c). So what is received is
/// peeked at, and taken but for its last byte, which stays until more has come or the socket is closed in order.
/// SO_PEEK_OFF (socket(7)) has each peek begin behind that byte.
/// </summary>
internal static unsafe class LastByte
{
    /// <summary>Called before the first receive. False where the kernel cannot peek from an offset.</summary>
    internal static bool TryKeep(int descriptor)
    {
        var offset = 0;
        return Libc.SetOption(
            descriptor, Libc.LevelSocket, Libc.OptionPeekOffset, &offset, sizeof(int)) >= 0;
    }

    /// <summary>Takes what was peeked at out of the kernel's queue, but for its last byte.</summary>
    /// <param name="descriptor">A Unix socket.</param>
    /// <param name="start">Where the peeked bytes lie; they are written once more.</param>
    /// <param name="count">How many bytes were peeked at; at least 1.</param>
    /// <param name="isKept">Whether the last byte of an earlier receive lies before them.</param>
    internal static void TakeAllButLast(int descriptor, byte* start, nint count, bool isKept)
    {
        byte kept;
        var before = isKept ? 1 : 0;
        var parts = stackalloc IoVector[2];
        (parts[0], parts[1]) = (new IoVector(&kept, before), new IoVector(start, count - 1));
        var total = before + count - 1;
        var taken = total == 0 ? 0 : Libc.ReadVector(descriptor, parts, 2);
        // A read ends early at bytes that came with descriptors of the peer's, which nobody wants here.
        while (taken > 0 && taken < total)
        {
            var more = Libc.Read(descriptor, start + taken - before, total - taken);
            if (more <= 0) return;
            taken += more;
        }
    }

    /// <summary>Takes the byte that was left, so that the close is orderly.</summary>
    internal static void Take(int descriptor)
    {
        byte kept;
        Libc.Read(descriptor, &kept, 1);
    }
}
