using Microsoft.Extensions.Time.Testing;
using Sidecar.Primitives;
using Sidecar.Transport;

namespace Sidecar.Tests.Transport;

public class DeadlineTableTests
{
    /// <summary>Added, removed and set in any order: who is pulsed is whose deadline has passed.</summary>
    [Fact]
    public void Expired_AreThoseWhoseDeadlineHasPassed_WhateverCameAndWent()
    {
        using var reactor = new Reactor(new MonotonicClock(new FakeTimeProvider()), "deadlines");
        var random = new Random(5);
        var attached = new List<Signal>();
        for (var i = 0; i < 5_000; i++)
        {
            switch (random.Next(5))
            {
                case 0 or 1:
                    attached.Add(new Signal(reactor) { DeadlineTicks = random.Next(1000) });
                    reactor.Attach(attached[^1]);
                    break;
                case 2 when attached.Count > 0:
                    var leaving = random.Next(attached.Count);
                    reactor.Detach(attached[leaving]);
                    attached[leaving].DeadlineTicks = 0;
                    attached.RemoveAt(leaving);
                    break;
                case 3 when attached.Count > 0:
                    attached[random.Next(attached.Count)].DeadlineTicks = random.Next(1000);
                    break;
                default:
                    var now = random.Next(1000);
                    var expired = attached.Where(signal => signal.DeadlineTicks <= now).ToHashSet();
                    var found = new List<Signal>();
                    for (var place = 0; reactor.Deadlines.NextExpired(ref place, now) is { } one;) found.Add(one);
                    Assert.Equal(expired.Count, found.Count);
                    Assert.True(expired.SetEquals(found), $"at step {i}");
                    break;
            }
        }
        Assert.True(attached.Count > 100);
    }
}
