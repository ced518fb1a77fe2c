using Sidecar.Engines;

namespace Sidecar.Tests.Engines;

public class ProgressRuleTests
{
    private const long Second = TimeSpan.TicksPerSecond;
    private const long Never = long.MinValue / 2;

    [Fact]
    public void Silence_IsAStall_OnlyWhileStreamsAreAwaited_AndEndsWithTheFirstByte()
    {
        var rule = new ProgressRule(60 * Second);
        for (var t = 0; t < 300; t++) Assert.False(rule.Look(streams: 0, Never, double.NaN, t * Second));
        var began = LookUntilItChanges(rule, 300, streams: 2, Never);
        Assert.Equal((359, true), (began, rule.IsStalled));
        // Whoever leaves shows nothing.
        Assert.False(rule.Look(streams: 1, Never, double.NaN, 370 * Second));
        Assert.True(rule.IsStalled);
        Assert.True(rule.Look(streams: 1, byteTicks: 371 * Second, double.NaN, 371 * Second));
        Assert.False(rule.IsStalled);
        Assert.Equal(431, LookUntilItChanges(rule, 372, streams: 1, 371 * Second));
    }

    [Fact]
    public void Bytes_AndTokens_AreProgress()
    {
        var rule = new ProgressRule(60 * Second);
        var byteTicks = 0L;
        for (var t = 0; t <= 250; t++)
        {
            byteTicks = t / 50 * 50 * Second;
            Assert.False(rule.Look(3, byteTicks, double.NaN, t * Second));
        }
        for (var t = 251; t < 600; t++) Assert.False(rule.Look(3, byteTicks, tokens: t / 20, t * Second));
        // The counter that stands still.
        Assert.Equal(640, LookUntilItChanges(rule, 600, streams: 3, byteTicks, tokens: 29));
        // It was restarted: that is a change as well.
        Assert.True(rule.Look(3, byteTicks, tokens: 0, 700 * Second));
    }

    [Fact]
    public void Suspicion_ComesAfterHalfOfTheTime()
    {
        var rule = new ProgressRule(60 * Second);
        // Whatever the clock says at first, nothing was looked at before.
        Assert.False(rule.IsSuspicious(1_000 * Second));
        Assert.False(rule.Look(streams: 1, Never, double.NaN, 0));
        Assert.False(rule.IsSuspicious(29 * Second));
        Assert.True(rule.IsSuspicious(30 * Second));
    }

    [Fact]
    public void Stall_IsOverWhenNothingWasAwaitedForAsLong()
    {
        var rule = new ProgressRule(60 * Second);
        rule.Look(streams: 0, Never, double.NaN, 0);
        Assert.Equal(60, LookUntilItChanges(rule, 1, streams: 1, Never));
        Assert.Equal(120, LookUntilItChanges(rule, 61, streams: 0, Never));
        Assert.False(rule.IsStalled);
    }

    private static int LookUntilItChanges(
        ProgressRule rule, int from, int streams, long byteTicks, double tokens = double.NaN)
    {
        for (var t = from; t < from + 1_000; t++)
        {
            if (rule.Look(streams, byteTicks, tokens, t * Second)) return t;
        }
        return -1;
    }
}
