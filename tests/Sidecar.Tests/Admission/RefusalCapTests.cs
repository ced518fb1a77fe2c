using Sidecar.Admission;

namespace Sidecar.Tests.Admission;

/// <summary>What a gate learns of a model server that refuses what is beyond its own queue.</summary>
public class RefusalCapTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    [Fact]
    public void Burst_LeavesWhatWasTaken_OnceItHasSettled()
    {
        var cap = new RefusalCap();
        Assert.True(cap.HasRoom(1_000, isSure: false, 0));
        for (var inFlight = 63; inFlight >= 6; inFlight--) cap.OnRefused(inFlight, 0, Second / 100);
        Assert.Equal(6, cap.Max);
        Assert.False(cap.HasRoom(5, isSure: false, Second / 2));
        Assert.True(cap.HasRoom(5, isSure: false, Second));
        Assert.False(cap.HasRoom(6, isSure: false, Second));
        // What was refused before gets room to spare.
        Assert.False(cap.HasRoom(5, isSure: true, Second));
        Assert.True(cap.HasRoom(4, isSure: true, Second));
    }

    [Fact]
    public void LateRefusals_AreWaitedForLonger()
    {
        var cap = new RefusalCap();
        cap.OnRefused(8, sentTicks: 0, nowTicks: Second / 5);
        Assert.False(cap.HasRoom(0, isSure: false, Second * 9 / 10));
        Assert.True(cap.HasRoom(0, isSure: false, Second));
        cap.OnRefused(8, sentTicks: 0, nowTicks: 100 * Second);
        Assert.True(cap.HasRoom(0, isSure: false, 101 * Second));
    }

    [Fact]
    public void Tries_ComeMoreSeldomWhileTheyAreRefused_AndSoonAgainWhenTheyAreNot()
    {
        var (cap, now) = (new RefusalCap(), 0L);
        cap.OnRefused(6, now, now);
        Assert.Equal(6, EndsUntilTry(ref cap));
        var ends = new List<int>();
        for (var i = 0; i < 12; i++)
        {
            cap.OnRefused(6, now, now);
            ends.Add(EndsUntilTry(ref cap) / 6);
        }
        Assert.Equal([2, 4, 8, 16, 32, 64, 128, 256, 256, 256, 256, 256], ends);
        // The model server takes more now: each try that was not refused halves the time to the next but one.
        Assert.Equal(7 * 256, EndsUntilTry(ref cap));
        Assert.Equal(8 * 128, EndsUntilTry(ref cap));
        Assert.Equal(9 * 64, EndsUntilTry(ref cap));
    }

    [Fact]
    public void Cap_EndsAtTheLimit_ButNotWhileOneIsUnderWayThatWasRefused()
    {
        var cap = new RefusalCap();
        cap.OnRefused(3, 0, 0);
        for (var i = 0; i < 100; i++) cap.OnEnded(limit: 4, mayTry: false);
        Assert.Equal(3, cap.Max);
        cap.OnEnded(limit: 4, mayTry: true);
        Assert.Equal(RefusalCap.None, cap.Max);
    }

    [Fact]
    public void RefusalWhileNothingElseIsThere_TellsNothing()
    {
        var cap = new RefusalCap();
        cap.OnRefused(0, 0, 0);
        Assert.Equal(RefusalCap.None, cap.Max);
        cap.OnRefused(1, 0, 0);
        cap.OnRefused(0, 0, 0);
        Assert.Equal(1, cap.Max);
        Assert.True(cap.HasRoom(0, isSure: true, Second));
        cap.Lift();
        Assert.Equal(RefusalCap.None, cap.Max);
    }

    private static int EndsUntilTry(ref RefusalCap cap)
    {
        var (before, ends) = (cap.Max, 0);
        for (; cap.Max == before; ends++) cap.OnEnded(limit: 0, mayTry: true);
        return ends;
    }
}
