using System.Diagnostics;

namespace Sidecar.Transport.Buffers;

/// <summary>Arrays of two sizes for the connections of one reactor, so that an idle connection holds none and one that
/// waits with little holds a small one. Keeps at most <see cref="KeptMax"/> of each; used by one thread.</summary>
internal sealed class BufferPool
{
    /// <summary>16 KiB of data behind the headroom: a whole request or an event's chunk in nearly every case.</summary>
    public const int ArrayBytes = ByteBuffer.HeadroomBytes + 16 * 1024;

    /// <summary>A prompt of some hundred words with its head, behind the headroom.</summary>
    public const int SmallArrayBytes = 4 * 1024;

    private const int KeptMax = 1024;

    private readonly Stack<byte[]> _kept = new();
    private readonly Stack<byte[]> _keptSmall = new();

    public byte[] Rent() => Rent(_kept, ArrayBytes);

    public byte[] RentSmall() => Rent(_keptSmall, SmallArrayBytes);

    /// <summary>Takes back an array of one of the two sizes.</summary>
    public void Return(byte[] array)
    {
        var kept = array.Length == SmallArrayBytes ? _keptSmall : _kept;
        Debug.Assert(!kept.Contains(array), "An array is given back twice.");
        if (kept.Count < KeptMax) kept.Push(array);
    }

    private static byte[] Rent(Stack<byte[]> kept, int length) =>
        kept.TryPop(out var array) ? array : GC.AllocateUninitializedArray<byte>(length);
}
