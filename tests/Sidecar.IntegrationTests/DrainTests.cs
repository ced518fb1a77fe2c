using Sidecar.IntegrationTests.Harness;
using static Sidecar.IntegrationTests.Harness.Requests;

namespace Sidecar.IntegrationTests;

public class DrainTests
{
    private const string StreamBegins = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";

    [Fact]
    public async Task Termination_LetsAStreamEnd_AndExitsWithSuccess()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(upstream.EndPoint, ("SIDECAR_DRAIN_DELAY", "0s"));
        var client = await sidecar.SendAsync(Post("{}"));
        var arrival = await upstream.NextAsync();
        await arrival.AnswerAsync(StreamBegins);
        await client.ReadThroughAsync("abc\r\n");

        sidecar.Terminate();
        await AdminClient.UntilAsync(
            async () => await sidecar.Admin.MetricAsync("sidecar_draining") == 1, "the drain");
        await arrival.AnswerAsync("2\r\nde\r\n0\r\n\r\n");
        Assert.Equal("2\r\nde\r\n0\r\n\r\n", await client.ReadToEndAsync());
        Assert.Equal(0, await sidecar.ExitAsync());
    }

    [Fact]
    public async Task TimeoutOfTheDrain_CutsWhatIsLeft_AndSaysSo()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(
            upstream.EndPoint, ("SIDECAR_DRAIN_DELAY", "0s"), ("SIDECAR_DRAIN_TIMEOUT", "100ms"));
        await sidecar.SendAsync(Post("{}"));
        await upstream.NextAsync();

        sidecar.Terminate();
        Assert.Equal(1, await sidecar.ExitAsync());
    }

    [Fact]
    public async Task DrainCommand_EndsWhenTheSidecarHasDrained()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(upstream.EndPoint, ("SIDECAR_DRAIN_DELAY", "0s"));
        var run = await SidecarCommand.RunAsync(["drain"], ("SIDECAR_ADMIN", $"{sidecar.Admin.EndPoint}"));

        Assert.Equal((0, "drained\n"), (run.ExitCode, run.Output));
        Assert.Equal(0, await sidecar.ExitAsync());
    }
}
