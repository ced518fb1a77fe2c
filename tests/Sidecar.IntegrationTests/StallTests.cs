using System.Net;
using Sidecar.IntegrationTests.Harness;
using static Sidecar.Testing.Requests;

namespace Sidecar.IntegrationTests;

/// <summary>A model server that is healthy for ever, and makes no token.</summary>
public class StallTests
{
    private const string Head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\ntoken \r\n";

    [Theory]
    [InlineData("on", HttpStatusCode.ServiceUnavailable)]
    [InlineData("off", HttpStatusCode.OK)]
    public async Task StuckModelServer_IsTold_AndTurnsReadinessWhereItMay(string readiness, HttpStatusCode stalled)
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(
            upstream.EndPoint, ("SIDECAR_STALL_AFTER", "1s"), ("SIDECAR_STALL_READINESS", readiness));
        var client = await sidecar.SendAsync(Post("stream"));
        var arrival = await upstream.NextAsync();
        await arrival.AnswerAsync(Head);
        await AdminClient.UntilAsync(
            async () => await sidecar.Admin.MetricAsync("sidecar_engine_stalled") == 1, "a stall");

        await sidecar.LoggedAsync("engine-stalled");
        Assert.Equal(stalled, await sidecar.Admin.StatusAsync("/readyz"));
        await arrival.AnswerAsync("6\r\ntoken \r\n");
        await AdminClient.UntilAsync(
            async () => await sidecar.Admin.MetricAsync("sidecar_engine_stalled") == 0, "progress");
        Assert.Equal(HttpStatusCode.OK, await sidecar.Admin.StatusAsync("/readyz"));
        await sidecar.LoggedAsync("engine-moves");

        // Nothing was cut.
        await arrival.AnswerAsync("0\r\n\r\n");
        Assert.EndsWith("token \r\n6\r\ntoken \r\n0\r\n\r\n", await client.ReadThroughAsync("0\r\n\r\n"));
    }
}
