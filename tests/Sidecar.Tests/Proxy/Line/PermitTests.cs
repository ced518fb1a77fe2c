using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Sidecar.Admission;
using Sidecar.Records;
using static Sidecar.Testing.Requests;

namespace Sidecar.Tests.Proxy.Line;

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
        Assert.Equal(Established, StateOf(upstream.Socket));
        string? atRelease = null;
        sidecar.History.OnEvent = (kind, _) =>
        {
            if (kind == GateEventKind.Released) atRelease = StateOf(upstream.Socket);
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

    /// <summary>The client's hang-up is known before its request, which the grant has woken, is looked at.</summary>
    [Fact]
    public async Task ClientThatLeavesBetweenGrantAndSend_HasNothingSent()
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1);
        await sidecar.SendAsync(Post("running"));
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        var leaving = await sidecar.SendAsync(Post("leaving"));
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 1);
        sidecar.History.OnEvent = (kind, _) =>
        {
            if (kind == GateEventKind.Dispatched) leaving.Socket.Close();
        };

        await upstream.SendAsync(Ok);
        await sidecar.OutcomeAsync(Outcome.ClientLeftRunning);
        sidecar.History.OnEvent = null;
        await sidecar.SendAsync(Post("next"));
        Assert.EndsWith("next", await upstream.ReadMessageAsync());
    }

    /// <summary>Of the sidecar's end of a connection, as proc(5) has it for /proc/net/tcp.</summary>
    /// <param name="upstream">The model server's end. Both ports are looked for: the sidecar's alone may be that of
    /// other connections too, to elsewhere.</param>
    private static string StateOf(Socket upstream)
    {
        var (local, remote) = (Port(upstream.RemoteEndPoint), Port(upstream.LocalEndPoint));
        return File.ReadLines("/proc/net/tcp").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(fields => fields[1].EndsWith(local, default) && fields[2].EndsWith(remote, default))?[3]
            ?? "gone";

        static string Port(EndPoint? end) => ":" + ((IPEndPoint)end!).Port.ToString("X4", CultureInfo.InvariantCulture);
    }
}
