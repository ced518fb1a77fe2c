using Sidecar.Admission;

namespace Sidecar.Tests.Admission;

public class DrainRateTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    [Fact]
    public void SteadyDispatches_ReadTheirRateFromTheStart()
    {
        var rate = new DrainRate(constantSeconds: 10);
        Assert.Equal(0, rate.PerSecond(0));
        for (var i = 0; i < 10_000; i++)
        {
            rate.Count(1_000 * Second + i * Second / 50, 1);
            if (i > 100) Assert.InRange(rate.PerSecond(1_000 * Second + i * Second / 50), 45, 52);
        }
    }

    [Fact]
    public void Rate_DecaysByItselfAndForgetsWhatWasNone()
    {
        var rate = new DrainRate(constantSeconds: 10);
        for (var i = 0; i < 100; i++) rate.Count(0, 1);
        for (var i = 0; i < 100; i++) rate.Count(0, -1);
        Assert.Equal(0, rate.PerSecond(0));
        for (var i = 0; i < 1_000; i++) rate.Count(100 * Second, 1);
        var now = rate.PerSecond(100 * Second);
        Assert.Equal(now / Math.E, rate.PerSecond(110 * Second), now / 100);
    }
}
