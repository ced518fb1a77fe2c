using Sidecar.Proxy;

namespace Sidecar.Tests.Proxy;

public class StallRuleTests
{
    private const long StallTicks = 800, LookTicks = StallTicks / StallRule.LooksPerStall;

    [Fact]
    public void ClientThatTakesNothing_IsGivenUpAfterTheSpan()
    {
        var rule = new StallRule(StallTicks);
        var (nowTicks, looks) = (rule.Begin(1000, 50), 1);
        while (looks < 100 && rule.IsTaking(nowTicks, 50, out var nextTicks))
            (nowTicks, looks) = (nextTicks, looks + 1);

        Assert.Equal((1000 + StallTicks, StallRule.LooksPerStall), (nowTicks, looks));
    }

    [Fact]
    public void EveryByteTaken_BeginsTheSpanAnew()
    {
        var rule = new StallRule(StallTicks);
        var nowTicks = rule.Begin(1000, 50);
        for (var unacknowledged = 49; unacknowledged >= 0; unacknowledged--)
        {
            nowTicks += StallTicks / 2;
            Assert.True(rule.IsTaking(nowTicks, unacknowledged, out var nextTicks));
            Assert.Equal(nowTicks + LookTicks, nextTicks);
        }
    }

    [Fact]
    public void BytesThatCameToTheQueue_AreNotTaken()
    {
        var rule = new StallRule(StallTicks);
        rule.Begin(1000, 50);

        Assert.True(rule.IsTaking(1000 + StallTicks - 1, 70, out var nextTicks));
        Assert.Equal(1000 + StallTicks, nextTicks);
        Assert.False(rule.IsTaking(nextTicks, 60, out _));
    }
}
