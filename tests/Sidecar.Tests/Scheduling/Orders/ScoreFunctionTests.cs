using Sidecar.Scheduling.Orders;

namespace Sidecar.Tests.Scheduling.Orders;

public class ScoreFunctionTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    [Theory]
    [InlineData(5, 0, 0, 0, 0.40)]
    [InlineData(3, 0, 0, 0, 0.24)]
    [InlineData(1, 0, 60, 0, 0.48)]
    [InlineData(1, 60, 0, 0, 0.48)]
    [InlineData(4, 0, 0, 300, 0.22)]
    [InlineData(4, 0, 0, 600, 0.12)]
    [InlineData(4, 0, 0, 100_000, 0.12)]
    [InlineData(1, 30, 15, 0, 0.28)]
    [InlineData(1, 0, 100_000_000, 0, 0.48)]
    public void Score_IsTheDocumentedOne(int criticality, long average, long age, long arrivals, double expected)
    {
        var function = new ScoreFunction(new ScoreOptions());
        var score = function.Score(criticality, average * Second, age * Second, arrivals);
        Assert.Equal(expected, ScoreFunction.ToDouble(score), 9);
        var terms = function.Terms(criticality, average * Second, age * Second, arrivals);
        Assert.Equal(expected, terms.Score, 9);
    }

    [Fact]
    public void AgingKey_GivesTheScoreAtAnyTime()
    {
        var random = new Random(5);
        ScoreOptions[] all = [new(), Extreme(TimeSpan.TicksPerMillisecond), Extreme(TimeSpan.TicksPerDay)];
        foreach (var options in all)
        {
            var function = new ScoreFunction(options);
            for (var i = 0; i < 10_000; i++)
            {
                var arrival = random.NextInt64(long.MaxValue / 4);
                var age = random.NextInt64(options.WaitHorizonTicks + 1);
                var (criticality, arrivals) = (random.Next(1, 6), random.NextInt64(2 * function.CeilingArrivals));
                Assert.Equal(
                    function.Score(criticality, random.NextInt64(age + 1), age, arrivals),
                    function.AtTime(function.AgingKey(criticality, arrival, arrivals), arrival + age));
            }
        }
    }

    [Theory]
    [InlineData(TimeSpan.TicksPerMillisecond, 0.001, TimeSpan.TicksPerSecond)]
    [InlineData(TimeSpan.TicksPerDay, 1_000_000, TimeSpan.TicksPerDay)]
    [InlineData(TimeSpan.TicksPerMillisecond, 1_000_000, TimeSpan.TicksPerDay)]
    [InlineData(TimeSpan.TicksPerDay, 0.001, TimeSpan.TicksPerSecond)]
    public void ExtremeOptions_StayWithinThirtyOnes(long horizon, double ceiling, long window)
    {
        var function = new ScoreFunction(
            Extreme(horizon) with { RateCeilingPerSecond = ceiling, RateWindowTicks = window });
        var most = function.Score(5, long.MaxValue, long.MaxValue, 0);
        var least = function.Score(1, 0, 0, long.MaxValue);
        Assert.Equal(20, ScoreFunction.ToDouble(most), 3);
        Assert.Equal(-8, ScoreFunction.ToDouble(least), 3);
        Assert.True(checked(most - least) < 1L << 61);
    }

    [Fact]
    public void OptionsOutOfBounds_AreRefused()
    {
        var good = new ScoreOptions();
        ScoreOptions[] bad =
        [
            good with { WeightWait = -0.1 }, good with { WeightWait = double.NaN }, good with { WeightWait = 10.1 },
            good with { WeightCriticality = 11 }, good with { WeightRate = double.PositiveInfinity },
            good with { WaitHorizonTicks = 0 }, good with { WaitHorizonTicks = TimeSpan.TicksPerDay + 1 },
            good with { RateCeilingPerSecond = 0 }, good with { RateCeilingPerSecond = double.NaN },
            good with { RateWindowTicks = 0 },
        ];
        foreach (var options in bad) Assert.Throws<ArgumentOutOfRangeException>(() => new ScoreFunction(options));
    }

    private static ScoreOptions Extreme(long horizonTicks) => new()
    {
        WeightWait = 10, WeightCriticality = 10, WeightRate = 10, WaitHorizonTicks = horizonTicks,
    };
}
