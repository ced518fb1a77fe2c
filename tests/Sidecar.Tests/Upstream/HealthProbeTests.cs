using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Sidecar.Admission;
using Sidecar.Lifecycle;
using Sidecar.ModelServer;
using Sidecar.Primitives;
using Sidecar.Scheduling;
using Sidecar.Telemetry;
using Sidecar.Tests.Proxy;
using Sidecar.Upstream;

namespace Sidecar.Tests.Upstream;

public class HealthProbeTests
{
    [Fact]
    public async Task AnswerFromBeforeADoubt_OpensNothing()
    {
        var time = new FakeTimeProvider();
        var state = new SidecarState();
        var gate = new Gate(new GateOptions(1, 1, 0, 0, new ScoreOptions()), new MonotonicClock(time));
        using var server = new TestUpstream();
        var options = new HealthProbeOptions(new Uri($"http://{server.EndPoint}/health"), null);
        using var probe = new HealthProbe(
            new UpstreamAddresses(server.EndPoint), options, gate, state, Log.Silent, time);
        using var ending = new CancellationTokenSource();
        var running = probe.RunAsync(ending.Token);
        var asked = await server.AcceptAsync();
        await asked.ReadHeadAsync();

        gate.Close();
        state.AskHealth();
        await asked.SendAsync(Requests.Ok);
        await asked.ReadHeadAsync();
        Assert.Equal((false, false), (gate.IsOpen, state.UpstreamHealthy));
        await asked.SendAsync(Requests.Ok);
        await ProxyHarness.UntilAsync(() => gate.IsOpen && state.UpstreamHealthy);

        // Asked at once, not at the end of the second.
        state.AskHealth();
        await asked.ReadHeadAsync();
        await ending.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Probe_OpensTheGate_AndTurnsWithTheModelServer()
    {
        var time = new FakeTimeProvider();
        var state = new SidecarState();
        var gate = new Gate(new GateOptions(1, 1, 0, 0, new ScoreOptions()), new MonotonicClock(time));
        var server = await StartAsync(0);
        var addresses = new UpstreamAddresses(server.EndPoint);
        var options = new HealthProbeOptions(new Uri($"http://{server.EndPoint}/health"), "key");
        using var probe = new HealthProbe(addresses, options, gate, state, Log.Silent, time);
        using var ending = new CancellationTokenSource();
        gate.Close();
        var running = probe.RunAsync(ending.Token);

        await UntilAsync(time, () => state.UpstreamHealthy && gate.IsOpen);
        var port = server.EndPoint.Port;
        await server.DisposeAsync();
        await UntilAsync(time, () => !state.UpstreamHealthy);
        await using var again = await StartAsync(port);
        await UntilAsync(time, () => state.UpstreamHealthy);
        await ending.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Addresses_OfAName_AreResolved_AndAnUnknownOneIsAFault()
    {
        var known = new UpstreamAddresses(new DnsEndPoint("localhost", 80));
        await known.ResolveAsync(TestContext.Current.CancellationToken);
        Assert.NotEmpty(known.All);

        var unknown = new UpstreamAddresses(new DnsEndPoint("no-such-host.invalid", 80));
        await Assert.ThrowsAnyAsync<SocketException>(
            () => unknown.ResolveAsync(TestContext.Current.CancellationToken));
        Assert.Empty(unknown.All);
    }

    private static Task UntilAsync(FakeTimeProvider time, Func<bool> condition) => ProxyHarness.UntilAsync(() =>
    {
        time.Advance(TimeSpan.FromMilliseconds(1));
        return condition();
    });

    private static Task<SimulatedModelServer> StartAsync(int port) => SimulatedModelServer.StartAsync(
        new ModelServerOptions(), new IPEndPoint(IPAddress.Loopback, port), TimeProvider.System);
}
