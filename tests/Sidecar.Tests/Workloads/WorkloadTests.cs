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
    public void ArrivalRate_FallsByItselfAfterLongIdleness()
    {
        var workload = new Workload("a"u8, 1, new WorkloadOptions(), isListed: true);
        for (var i = 0; i < 120; i++) workload.Rate.Add(1_000 * Second);
        Assert.Equal(2, workload.ArrivalsPerSecond(1_000 * Second));
        Assert.Equal(0, workload.ArrivalsPerSecond(5_000 * Second));
    }
}
