namespace Sidecar.Transport;

/// <summary>
/// Receive buffers of one size for the connections of one reactor, so that an idle connection holds none. Keeps at most
/// <see cref="KeptMax"/>; used by one thread.
/// </summary>
public sealed class BufferPool
{
    /// <summary>16 KiB of data behind the headroom: a whole request or an event's chunk in nearly every case.</summary>
    public const int ArrayBytes = ByteBuffer.HeadroomBytes + 16 * 1024;

    private const int KeptMax = 1024;

    private readonly Stack<byte[]> _kept = new();

    public byte[] Rent() =>
        _kept.TryPop(out var array) ? array : GC.AllocateUninitializedArray<byte>(ArrayBytes);

    /// <summary>Takes back an array of <see cref="ArrayBytes"/>.</summary>
    public void Return(byte[] array)
    {
        if (_kept.Count < KeptMax) _kept.Push(array);
    }
}
