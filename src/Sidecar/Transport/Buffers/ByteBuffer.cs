using System.Buffers;
using System.Diagnostics;
using System.Numerics;

namespace Sidecar.Transport.Buffers;

/// <summary>
/// Contiguous bytes of one connection's direction: room in front, data, free space. The room in front lets a rewritten
/// head stand directly before the body that was received behind the old head, so both leave in one send.
/// </summary>
/// <remarks>
/// Holds no array while it is empty and released. Grows in powers of two, beyond the first array only within
/// <see cref="BodyMemory"/>. Positions are indices into <see cref="Array"/>; growing and shrinking keep them. Used by
/// one thread.
/// </remarks>
/// <param name="pool">Gives the first array.</param>
/// <param name="memory">Bounds growth beyond the first array; null: the caller bounds it.</param>
internal sealed class ByteBuffer(BufferPool pool, BodyMemory? memory)
{
    public const int HeadroomBytes = 512;

    private byte[]? _array;
    private int _grownBytes;

    public byte[] Array => _array ?? throw new UnreachableException("A released buffer was read.");

    public int Start { get; set; } = HeadroomBytes;

    public int End { get; set; } = HeadroomBytes;

    public int Length => End - Start;

    public Span<byte> Free => Array.AsSpan(End);

    /// <summary>Takes an array of the usual size where there is none, or a small one without data.</summary>
    public void Acquire()
    {
        if (_array is null) _array = pool.Rent();
        else if (_array.Length == BufferPool.SmallArrayBytes && Length == 0) Replace(pool.Rent(), 0);
    }

    /// <summary>Moves the data to a small array, if it fits there: for a connection that has to wait.</summary>
    public void Shrink()
    {
        if (_array is { Length: BufferPool.ArrayBytes } && End <= BufferPool.SmallArrayBytes)
            Replace(pool.RentSmall(), 0);
    }

    /// <summary>Gives the array back; the data is gone.</summary>
    public void Release()
    {
        if (_array is null) return;
        GiveBack(_array);
        _grownBytes = 0;
        _array = null;
        Start = End = HeadroomBytes;
    }

    /// <summary>Drops <paramref name="count"/> bytes; an emptied buffer starts anew behind its headroom.</summary>
    public void Consume(int count)
    {
        Start += count;
        if (Start == End) Start = End = HeadroomBytes;
    }

    /// <summary>Drops all data, and gives back an array that had grown.</summary>
    public void Clear()
    {
        if (_grownBytes > 0) Release();
        Start = End = HeadroomBytes;
    }

    /// <summary>Takes bytes out of the data and closes the gap.</summary>
    public void Remove(int start, int count)
    {
        Buffer.BlockCopy(Array, start + count, Array, start, End - start - count);
        End -= count;
    }

    /// <summary>Moves the data to directly behind the headroom.</summary>
    public void Compact()
    {
        Buffer.BlockCopy(Array, Start, Array, HeadroomBytes, Length);
        (Start, End) = (HeadroomBytes, HeadroomBytes + Length);
    }

    /// <summary>Takes an array of the usual size in place of a small one; else one of the next power of two, as the
    /// pool keeps them, if <paramref name="limitBytes"/> and the memory's bound allow it.</summary>
    public bool TryGrow(int limitBytes)
    {
        if (Array.Length == BufferPool.SmallArrayBytes)
        {
            Replace(pool.Rent(), 0);
            return true;
        }
        var wanted = (int)BitOperations.RoundUpToPowerOf2((uint)Array.Length + 1);
        if (wanted > limitBytes || (memory is not null && !memory.TryReserve(wanted))) return false;
        Replace(ArrayPool<byte>.Shared.Rent(wanted), wanted);
        return true;
    }

    private void Replace(byte[] array, int grownBytes)
    {
        Buffer.BlockCopy(Array, 0, array, 0, End);
        GiveBack(Array);
        _grownBytes = grownBytes;
        _array = array;
    }

    private void GiveBack(byte[] array)
    {
        if (_grownBytes == 0) pool.Return(array);
        else ArrayPool<byte>.Shared.Return(array);
        memory?.Free(_grownBytes);
    }
}
