using System.Runtime.InteropServices;

namespace Sidecar.Host;

/// <summary>
/// Writes to a descriptor as it is: the console's own streams take descriptors of their own, and abort where there are
/// none. One thread at a time; blocks for as long as the descriptor does.
/// </summary>
internal sealed partial class DescriptorStream(int descriptor) : Stream
{
    private const int Interrupted = 4, WouldBlock = 11;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="IOException">The descriptor does not take it.</exception>
    public override unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint count;
            fixed (byte* start = buffer) count = WriteTo(descriptor, start, buffer.Length);
            if (count >= 0) buffer = buffer[(int)count..];
            else if (Marshal.GetLastPInvokeError() == WouldBlock) AwaitRoom();
            else if (Marshal.GetLastPInvokeError() != Interrupted)
                throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Another process that shares the descriptor may have made it non-blocking.</summary>
    private unsafe void AwaitRoom()
    {
        const long writable = 4;
        // struct pollfd: the descriptor, then in 16 bits each what is awaited and what has come.
        var entry = (uint)descriptor | (writable << 32);
        Poll(&entry, 1, timeoutMilliseconds: -1);
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint WriteTo(int descriptor, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static unsafe partial int Poll(long* entries, nuint count, int timeoutMilliseconds);
}
