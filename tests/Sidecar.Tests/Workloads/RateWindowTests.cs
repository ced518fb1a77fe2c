using Sidecar.Workloads;

namespace Sidecar.Tests.Workloads;

public class RateWindowTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    [Fact]
    public void Arrivals_CountForAWindowAndNoLonger()
    {
        var window = new RateWindow(Second, 0);
        window.Add(100 * Second);
        window.Advance(160 * Second - 1);
        Assert.Equal(1u, window.Count);
        Assert.Equal(160 * Second, window.NextChangeTicks);
        window.Advance(160 * Second);
        Assert.Equal(0u, window.Count);
        Assert.Equal(long.MaxValue, window.NextChangeTicks);
    }

    [Fact]
    public void SteadyArrivals_ReadTheirRateAtEveryInstant()
    {
        // A tumbling window would read far too much just after its start.
        var window = new RateWindow(Second, 0);
        var least = uint.MaxValue;
        uint most = 0;
        for (var ticks = 0L; ticks < 300 * Second; ticks += Second / 10)
        {
            window.Add(ticks);
            if (ticks < 60 * Second) continue;
            least = Math.Min(least, window.Count);
            most = Math.Max(most, window.Count);
        }
        Assert.InRange(least, 590u, 600u);
        Assert.InRange(most, 590u, 600u);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Count_IsThatOfAPlainListAfterAnySteps(int seed)
    {
        var random = new Random(seed);
        var phase = random.NextInt64(Second);
        var window = new RateWindow(Second, phase);
        var arrivals = new List<long>();
        long now = 0;
        for (var i = 0; i < 50_000; i++)
        {
            now += random.Next(4) switch
            {
                0 => 0,
                1 => random.NextInt64(Second / 2),
                2 => random.NextInt64(5 * Second),
                _ => random.Next(50) == 0 ? random.NextInt64(1_000_000 * Second) : 1,
            };
            Assert.Equal(InWindow(arrivals, now, phase), window.CountAt(now));
            if (random.Next(3) == 0) window.Advance(now);
            if (random.Next(2) == 0)
            {
                window.Add(now);
                arrivals.Add(now);
            }
            Assert.Equal(InWindow(arrivals, now, phase), window.CountAt(now));
            window.Advance(now);
            Assert.Equal(InWindow(arrivals, now, phase), window.Count);
            if (window.Count == 0) continue;
            Assert.True(window.NextChangeTicks > now);
            Assert.True(InWindow(arrivals, window.NextChangeTicks, phase) < window.Count);
            Assert.Equal(window.Count, InWindow(arrivals, window.NextChangeTicks - 1, phase));
        }
    }

    private static long InWindow(List<long> arrivals, long now, long phase)
    {
        var newest = (now + phase) / Second;
        var count = 0;
        for (var i = arrivals.Count - 1; i >= 0; i--)
        {
            if ((arrivals[i] + phase) / Second <= newest - 60) break;
            count++;
        }
        return count;
    }
}
