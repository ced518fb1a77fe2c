using Sidecar.Transport.Buffers;

namespace Sidecar.Tests.Transport.Buffers;

public class ByteBufferTests
{
    [Fact]
    public void Growth_KeepsDataAndPositions_WithinLimitAndMemory()
    {
        var memory = new BodyMemory(100 * 1024);
        var buffer = new ByteBuffer(new BufferPool(), memory);
        buffer.Acquire();
        buffer.Array[buffer.End++] = 42;

        Assert.True(buffer.TryGrow(1 << 20));
        Assert.Equal(32 * 1024, buffer.Array.Length);
        Assert.True(buffer.TryGrow(1 << 20));
        Assert.Equal(42, buffer.Array[buffer.Start]);
        Assert.Equal(64 * 1024, memory.HeldBytes);
        Assert.False(buffer.TryGrow(1 << 20), "the memory's bound");
        Assert.Equal(64 * 1024, memory.HeldBytes);
        buffer.Release();
        Assert.Equal(0, memory.HeldBytes);
    }

    [Fact]
    public void Growth_EndsAtItsLimit()
    {
        var buffer = new ByteBuffer(new BufferPool(), new BodyMemory(long.MaxValue));
        buffer.Acquire();

        Assert.True(buffer.TryGrow(32 * 1024));
        Assert.False(buffer.TryGrow(32 * 1024));
    }

    [Fact]
    public void Compact_MovesTheDataBehindTheHeadroom()
    {
        var buffer = new ByteBuffer(new BufferPool(), new BodyMemory(0));
        buffer.Acquire();
        buffer.End += 10;
        buffer.Array[buffer.Start + 9] = 7;
        buffer.Consume(9);
        buffer.Compact();

        Assert.Equal((ByteBuffer.HeadroomBytes, 1), (buffer.Start, buffer.Length));
        Assert.Equal(7, buffer.Array[buffer.Start]);
        buffer.Consume(1);
        Assert.Equal(0, buffer.Length);
    }

    [Fact]
    public void WaitingBuffer_KeepsItsDataInASmallArray_AndGrowsOutOfIt()
    {
        var pool = new BufferPool();
        var buffer = new ByteBuffer(pool, new BodyMemory(0));
        buffer.Acquire();
        buffer.Start = 400;
        for (buffer.End = 400; buffer.End < 3000; buffer.End++) buffer.Array[buffer.End] = (byte)buffer.End;
        var large = buffer.Array;

        buffer.Shrink();
        Assert.Equal((BufferPool.SmallArrayBytes, 400, 3000), (buffer.Array.Length, buffer.Start, buffer.End));
        Assert.Same(large, pool.Rent());
        pool.Return(large);
        Assert.True(buffer.TryGrow(1), "back to the usual size always");
        Assert.Equal(BufferPool.ArrayBytes, buffer.Array.Length);
        for (var i = 400; i < 3000; i++) Assert.Equal((byte)i, buffer.Array[i]);

        buffer.End = BufferPool.SmallArrayBytes + 1;
        buffer.Shrink();
        Assert.Equal(BufferPool.ArrayBytes, buffer.Array.Length);
    }

    [Fact]
    public void EmptySmallArray_GivesWayToOneOfTheUsualSize()
    {
        var buffer = new ByteBuffer(new BufferPool(), new BodyMemory(0));
        buffer.Acquire();
        buffer.End++;
        buffer.Shrink();
        buffer.Acquire();
        Assert.Equal(BufferPool.SmallArrayBytes, buffer.Array.Length);
        buffer.Consume(1);
        buffer.Acquire();
        Assert.Equal(BufferPool.ArrayBytes, buffer.Array.Length);
    }

    [Fact]
    public void Clear_GivesAGrownArrayBack()
    {
        var memory = new BodyMemory(1 << 20);
        var buffer = new ByteBuffer(new BufferPool(), memory);
        buffer.Acquire();
        Assert.True(buffer.TryGrow(1 << 20));
        buffer.End++;
        buffer.Clear();
        Assert.Equal((0, 0), (memory.HeldBytes, buffer.Length));
        buffer.Acquire();
        Assert.Equal(BufferPool.ArrayBytes, buffer.Array.Length);
        var array = buffer.Array;
        buffer.Clear();
        Assert.Same(array, buffer.Array);
    }

    [Fact]
    public void WithoutMemory_OnlyTheLimitBounds()
    {
        var buffer = new ByteBuffer(new BufferPool(), memory: null);
        buffer.Acquire();
        Assert.True(buffer.TryGrow(64 * 1024));
        Assert.True(buffer.TryGrow(64 * 1024));
        Assert.False(buffer.TryGrow(64 * 1024));
        buffer.Release();
    }
}
