namespace Sidecar.Transport.Buffers;

/// <summary>Bounds the bytes that all waiting requests hold beyond their first buffers. Safe from any thread.</summary>
internal sealed class BodyMemory(long limitBytes)
{
    private long _heldBytes;

    public long HeldBytes => Volatile.Read(ref _heldBytes);

    /// <summary>Reserves bytes; false, with none reserved, when the bound would be passed.</summary>
    public bool TryReserve(int bytes)
    {
        if (Interlocked.Add(ref _heldBytes, bytes) <= limitBytes) return true;
        Free(bytes);
        return false;
    }

    public void Free(int bytes) => Interlocked.Add(ref _heldBytes, -bytes);
}
