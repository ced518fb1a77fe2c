using Sidecar.Proxy.Relay;

namespace Sidecar.Tests.Proxy.Relay;

public class ResendRuleTests
{
    private const long SentTicks = 1000;

    [Theory]
    [InlineData(ResendRule.RestTicksMin + 1, 0, true)]
    [InlineData(ResendRule.RestTicksMin + 1, ResendRule.BreakTicksMax, true)]
    [InlineData(ResendRule.RestTicksMin + 1, ResendRule.BreakTicksMax + 1, false)]
    [InlineData(ResendRule.RestTicksMin, 0, false)]
    [InlineData(0, 0, false)]
    public void BreakIsResent_SoonAfterALongRestAlone(long restedTicks, long brokeAfterTicks, bool isResent)
    {
        var rule = default(ResendRule);
        rule.OnSent(SentTicks, restedTicks);

        Assert.Equal(isResent, rule.TryUse(SentTicks + brokeAfterTicks));
        Assert.Equal(isResent, rule.IsUsed);
    }

    [Fact]
    public void SecondBreak_IsNotResent_WhateverItsConnection()
    {
        var rule = default(ResendRule);
        rule.OnSent(SentTicks, 2 * ResendRule.RestTicksMin);
        Assert.True(rule.TryUse(SentTicks));
        rule.OnSent(SentTicks, 2 * ResendRule.RestTicksMin);

        Assert.False(rule.TryUse(SentTicks));
        Assert.True(rule.IsUsed);
    }
}
