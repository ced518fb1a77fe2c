using Sidecar.Workloads;

namespace Sidecar.Tests.Workloads;

public class WorkloadTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    [Fact]
    public void Average_StartsWithTheFirstWaitAndFollowsByAlpha()
    {
        var workload = new Workload("a"u8, 1, new WorkloadOptions(), isListed: true);
        Assert.Equal(0, workload.AverageWaitSeconds);
        workload.RecordWait(10 * Second);
        Assert.Equal(10, workload.AverageWaitSeconds, 6);
        workload.RecordWait(0);
        Assert.Equal(8, workload.AverageWaitSeconds, 6);
        workload.RecordWait(30 * Second);
        Assert.Equal(12.4, workload.AverageWaitSeconds, 6);
    }

    [Fact]
    public void AverageAtATime_IsTheOneThatAnArrivalWouldMeet()
    {
        var workload = new Workload("a"u8, 1, new WorkloadOptions(), isListed: true);
        Assert.Equal(0, workload.AverageWaitSecondsAt(1_000 * Second));
        workload.RecordWait(40 * Second);
        workload.QuietSinceTicks = 1_000 * Second;
        Assert.Equal(40, workload.AverageWaitSecondsAt(1_000 * Second));
        Assert.Equal(10, workload.AverageWaitSecondsAt(1_120 * Second));
        Assert.Equal(40, workload.AverageWaitSeconds);
        workload.FlowCount = 1;
        Assert.Equal(40, workload.AverageWaitSecondsAt(1_120 * Second));
        workload.FlowCount = 0;
        workload.FadeAverage(1_120 * Second);
        Assert.Equal((10, 5), (workload.AverageWaitSeconds, workload.AverageWaitSecondsAt(1_180 * Second)));
    }

    [Fact]
    public void ArrivalRate_FallsByItselfAfterLongIdleness()
    {
        var workload = new Workload("a"u8, 1, new WorkloadOptions(), isListed: true);
        for (var i = 0; i < 120; i++) workload.Rate.Add(1_000 * Second);
        Assert.Equal(2, workload.ArrivalsPerSecond(1_000 * Second));
        Assert.Equal(0, workload.ArrivalsPerSecond(5_000 * Second));
    }
}
