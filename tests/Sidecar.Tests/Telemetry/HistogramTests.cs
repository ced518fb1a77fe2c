using Sidecar.Telemetry;

namespace Sidecar.Tests.Telemetry;

public class HistogramTests
{
    [Fact]
    public void Observations_FallIntoTheirBucket_BoundsIncluded()
    {
        var histogram = new Histogram(1, 2);
        foreach (var value in new[] { 0, 1, 1.5, 2, 3 }) histogram.Observe(value);

        var counts = new long[3];
        histogram.CopyCountsTo(counts);
        Assert.Equal([2, 2, 1], counts);
        Assert.Equal(7.5, histogram.Sum);
    }

    [Fact]
    public async Task ManyThreads_LoseNothing()
    {
        const int threads = 4, each = 20_000;
        var histogram = new Histogram(10);
        var counter = new Counter();
        await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
            {
                histogram.Observe(1);
                counter.Add(2);
            }
        })));

        var counts = new long[2];
        histogram.CopyCountsTo(counts);
        Assert.Equal([threads * each, 0], counts);
        Assert.Equal(threads * each, histogram.Sum);
        Assert.Equal(2 * threads * each, counter.Value);
    }
}
