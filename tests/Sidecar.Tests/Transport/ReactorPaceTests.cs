using Sidecar.Transport;

namespace Sidecar.Tests.Transport;

public class ReactorPaceTests
{
    private const long Millisecond = TimeSpan.TicksPerMillisecond, Max = Reactor.SleepTicksMax;

    [Theory]
    [InlineData(long.MaxValue, 1000)]
    [InlineData(5000 * Millisecond, 1000)]
    [InlineData(400 * Millisecond, 300)]
    [InlineData(400 * Millisecond + 1, 301)]
    [InlineData(120 * Millisecond, 50)]
    [InlineData(100 * Millisecond, 50)]
    [InlineData(0, 50)]
    public void QuietReactor_SleepsUntilSomethingIsDue_NeverLessThanTheUsualPaceOrMoreThanItsMost(
        long dueTicks, int milliseconds) =>
        Assert.Equal(milliseconds, ReactorPace.QuietMilliseconds(100 * Millisecond, dueTicks, Max));

    [Fact]
    public void UsualPace_IsThatOfSweeps() => Assert.Equal(50, ReactorPace.UsualMilliseconds);
}
