using Microsoft.Extensions.Time.Testing;
using Sidecar.Primitives;

namespace Sidecar.Tests.Primitives;

public class MonotonicClockTests
{
    [Fact]
    public void Ticks_FollowTheProvider()
    {
        var time = new FakeTimeProvider();
        var clock = new MonotonicClock(time);
        var start = clock.NowTicks;
        time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(1, clock.NowTicks - start);
        time.Advance(TimeSpan.FromDays(1_000));
        Assert.Equal(1 + 1_000 * TimeSpan.TicksPerDay, clock.NowTicks - start);
    }

    [Theory]
    [InlineData(1_000_000_000)]
    [InlineData(10_000_000)]
    [InlineData(1_000_000)]
    [InlineData(24_000_000)]
    public void Ticks_AreHundredNanosecondsAtAnyFrequency(long frequency)
    {
        var time = new FixedFrequency(frequency);
        var clock = new MonotonicClock(time);
        var start = clock.NowTicks;
        time.Timestamp += 90 * frequency;
        Assert.Equal(90 * TimeSpan.TicksPerSecond, clock.NowTicks - start);
    }

    private sealed class FixedFrequency(long frequency) : TimeProvider
    {
        public long Timestamp { get; set; } = 123_456_789;

        public override long TimestampFrequency => frequency;

        public override long GetTimestamp() => Timestamp;
    }
}
