using System.Globalization;
using System.Net;
using Sidecar.Admission;
using Sidecar.Records;
using Sidecar.Telemetry;
using static Sidecar.Tests.Proxy.Requests;

namespace Sidecar.Tests.Proxy;

/// <summary>What has to be so in the very moment in which a permit changes hands.</summary>
public class PermitTests
{
    private const string Established = "01";

    [Fact]
    public async Task Permit_IsFree_OnlyWhenTheModelServersConnectionWasLetGo()
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1);
        var client = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        var port = ((IPEndPoint)upstream.Socket.RemoteEndPoint!).Port;
        Assert.Equal(Established, StateOf(port));
        string? atRelease = null;
        sidecar.History.OnEvent = (kind, _) =>
        {
            if (kind == GateEventKind.Released) atRelease = StateOf(port);
        };

        client.Socket.Close();
        await sidecar.OutcomeAsync(Outcome.ClientLeftRunning);
        await sidecar.IdleAsync();
        Assert.NotNull(atRelease);
        Assert.NotEqual(Established, atRelease);
    }

    [Fact]
    public async Task GateThatClosesBetweenGrantAndSend_LetsNothingThrough()
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1);
        sidecar.BeHealthy();
        await sidecar.SendAsync(Post("running"));
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        var waiting = await sidecar.SendAsync(Post("waiting"));
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 1);
        sidecar.History.OnEvent = (kind, _) =>
        {
            if (kind == GateEventKind.Dispatched) sidecar.Engine.OnBroken();
        };

        await upstream.SendAsync(Ok);
        await ProxyHarness.UntilAsync(() => sidecar.Gate is { IsOpen: false, Queued: 1, InFlight: 0 });
        Assert.Equal(0, upstream.Socket.Available);
        sidecar.History.OnEvent = null;
        sidecar.BeHealthy();
        Assert.EndsWith("waiting", await upstream.ReadMessageAsync());
        await upstream.SendAsync(Ok);
        Assert.Contains("200 OK", await waiting.ReadMessageAsync());
    }

    /// <summary>Of the sidecar's end of a connection, as proc(5) has it for /proc/net/tcp.</summary>
    private static string StateOf(int localPort)
    {
        var local = ":" + localPort.ToString("X4", CultureInfo.InvariantCulture);
        return File.ReadLines("/proc/net/tcp").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(fields => fields[1].EndsWith(local, StringComparison.Ordinal))?[3] ?? "gone";
    }
}
