using Sidecar.Proxy;
using Sidecar.Proxy.Line;

namespace Sidecar.Tests.Proxy.Line;

public class HeadRuleTests
{
    private static readonly ProxyOptions Options = ProxyHarness.Defaults with
    {
        HeadTimeoutTicks = 10, IdleTicks = 99,
    };

    [Theory]
    [InlineData(false, false, 99)]
    [InlineData(false, true, 10)]
    [InlineData(true, false, 10)]
    [InlineData(true, true, 10)]
    public void Client_MayRestLongerThanTakeForWhatItHasBegun(bool hasBegun, bool isShakingHands, long ticks) =>
        Assert.Equal(ticks, HeadRule.TimeoutTicks(hasBegun, isShakingHands, Options));

    [Theory]
    [InlineData(false, false, "Reading")]
    [InlineData(false, true, "Ended")]
    [InlineData(true, false, "Reading")]
    [InlineData(true, true, "TimedOut")]
    public void Silence_EndsWithTheTime_AndIsAnsweredWhereAHeadHasBegun(bool hasBegun, bool isExpired, string status) =>
        Assert.Equal(status, $"{HeadRule.WhenSilent(hasBegun, isClosing: false, isExpired)}");

    [Fact]
    public void Closing_EndsWhoRests_AndWaitsForWhoHasBegun()
    {
        Assert.Equal(HeadStatus.Ended, HeadRule.WhenSilent(hasBegun: false, isClosing: true, isExpired: false));
        Assert.Equal(HeadStatus.Reading, HeadRule.WhenSilent(hasBegun: true, isClosing: true, isExpired: false));
        Assert.Equal(HeadStatus.TimedOut, HeadRule.WhenSilent(hasBegun: true, isClosing: true, isExpired: true));
    }
}
