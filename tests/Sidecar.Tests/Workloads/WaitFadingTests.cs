using Sidecar.Workloads;

namespace Sidecar.Tests.Workloads;

public class WaitFadingTests
{
    private const long Minute = TimeSpan.TicksPerMinute;

    [Theory]
    [InlineData(1000, 0, 1000)]
    [InlineData(1000, -Minute, 1000)]
    [InlineData(1000, Minute, 500)]
    [InlineData(1000, 3 * Minute, 125)]
    [InlineData(1000, TimeSpan.TicksPerDay, 0)]
    [InlineData(0, Minute, 0)]
    [InlineData(double.NaN, Minute, double.NaN)]
    public void Average_HalvesInEachHalfLife(double average, long idle, double expected) =>
        Assert.Equal(expected, WaitFading.Faded(average, idle, Minute), 1e-9);

    [Fact]
    public void IdleTimeThatCannotMatter_ChangesNothing_AndTheNextOneLittle()
    {
        Assert.Equal(1e9, WaitFading.Faded(1e9, Minute / 1024, Minute));
        Assert.InRange(WaitFading.Faded(1e9, Minute / 1024 + 1, Minute), 0.999e9, 0.9999e9);
    }

    [Fact]
    public void LongerIdleness_NeverLeavesMore()
    {
        var before = 1e9;
        for (long idle = 0; idle < 40 * Minute; idle += Minute / 97)
        {
            var faded = WaitFading.Faded(1e9, idle, Minute);
            Assert.InRange(faded, 0, before);
            before = faded;
        }
    }
}
