namespace Sidecar.Transport.Buffers;

/// <summary>
/// The bytes that waiting requests hold beyond their first buffer, bounded over all connections. Safe from any thread.
/// </summary>
internal sealed class BodyMemory(long limitBytes)
{
    private long _heldBytes;

    public long HeldBytes => Volatile.Read(ref _heldBytes);

    /// <summary>False when the bound would be passed; the caller then holds no more than it has.</summary>
    public bool TryReserve(int bytes)
    {
        if (Interlocked.Add(ref _heldBytes, bytes) <= limitBytes) return true;
        Free(bytes);
        return false;
    }

    public void Free(int bytes) => Interlocked.Add(ref _heldBytes, -bytes);
}
