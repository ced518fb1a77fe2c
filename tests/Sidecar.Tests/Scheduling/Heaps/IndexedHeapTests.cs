using Sidecar.Scheduling.Heaps;

namespace Sidecar.Tests.Scheduling.Heaps;

public class IndexedHeapTests
{
    [Theory]
    [InlineData(1, 8)]
    [InlineData(2, 300)]
    [InlineData(3, 5_000)]
    public void Top_IsTheBestThroughRandomChanges(int seed, int flows)
    {
        var random = new Random(seed);
        var heap = new IndexedHeap<HighestFirst>();
        var plain = new SortedSet<(long Key, long Sequence, int Flow)>();
        var keys = new Dictionary<int, (long, long, int)>();
        for (var i = 0; i < 100_000; i++)
        {
            var flow = random.Next(flows);
            if (keys.Remove(flow, out var before)) plain.Remove(before);
            if (random.Next(3) == 0)
            {
                heap.Remove(flow);
                Assert.False(heap.Contains(flow));
            }
            else
            {
                // Few keys, so that ties are many.
                var (key, sequence) = ((long)random.Next(50), (long)random.Next(1_000_000));
                heap.Set(flow, key, sequence);
                plain.Add(keys[flow] = (-key, sequence, flow));
            }
            Assert.Equal(plain.Count, heap.Count);
            if (plain.Count == 0) continue;
            Assert.Equal((plain.Min.Key, plain.Min.Sequence), (-heap.Top.Key, heap.Top.Sequence));
        }
    }

    [Fact]
    public void ModuloOrder_HoldsAcrossTheWrap()
    {
        HeapEntry late = new() { Key = long.MinValue + 10 }, early = new() { Key = long.MaxValue - 10 };
        Assert.True(HighestFirstModulo.Before(late, early));
        Assert.False(HighestFirstModulo.Before(early, late));
        late.Key = early.Key;
        late.Sequence = 1;
        Assert.True(HighestFirstModulo.Before(early, late));
        Assert.False(HighestFirstModulo.Before(late, early));
    }
}
