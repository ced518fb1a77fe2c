using Sidecar.Transport;

namespace Sidecar.Tests.Transport;

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
}
