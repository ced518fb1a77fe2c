using Sidecar.Trials;

namespace Sidecar.IntegrationTests;

/// <summary>Small forms of the trials of scripts/bench: what they hold, less what only a clock can tell.</summary>
public class TrialTests
{
    private const long BulkBytes = 96 << 20;

    [Fact]
    public async Task Bulk_PassesSlowReadersWhole_AndMemoryDoesNotGrowWithIt()
    {
        using var server = new TrialServer();
        await using var sidecar = await SidecarProcess.StartAsync(
            SidecarProcess.Binary, $"{server.EndPoint}", [("SIDECAR_CONCURRENCY", "64")]);
        var report = new StringWriter();

        Assert.True(await new BulkTrial(sidecar, BulkBytes, report).RunAsync(), $"{report}");
    }

    [Fact]
    public async Task RollingRestart_BehindHaproxy_FailsNoRequest()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/haproxy"), "NOT RUN: HAProxy is missing (Debian: haproxy)");
        var report = new StringWriter();
        var trial = new RollingTrial(SidecarProcess.Binary, rounds: 1, perSecond: 100, report);

        Assert.True(await trial.RunAsync(), $"{report}");
        Assert.Equal((0, true), (trial.Failed, trial.Sent > 100));
    }

    [Fact]
    public async Task Crowd_IsBorne_AndNormalRequestsAreServedBesideIt()
    {
        using var server = new TrialServer();
        await using var sidecar = await SidecarProcess.StartAsync(
            server.EndPoint, ("SIDECAR_CONCURRENCY", "0"), ("SIDECAR_HEAD_TIMEOUT", "1s"));
        using var crowd = new Crowd(sidecar.Data, idle: 1000, slowHeads: 50, slowReaders: 50);
        await crowd.ArriveAsync();
        var probe = new OpenLoopProbe(sidecar.Data, perSecond: 100, connections: 4);

        await Task.WhenAll(crowd.ActAsync(TimeSpan.FromSeconds(3)), probe.RunAsync(TimeSpan.FromSeconds(3)));

        Assert.Equal((0, 300), (probe.Failed, probe.Count));
        Assert.Equal((1000, 0), (crowd.Idle, crowd.CutReaders));
        Assert.True(crowd.CutHeads >= 50, $"{crowd.CutHeads} slow heads were cut");
    }
}
