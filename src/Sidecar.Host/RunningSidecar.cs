using System.Net;
using Sidecar.Admin;
using Sidecar.Admission;
using Sidecar.Configuration;
using Sidecar.Downstream;
using Sidecar.Engines;
using Sidecar.Lifecycle;
using Sidecar.ModelServer;
using Sidecar.Primitives;
using Sidecar.Proxy;
using Sidecar.Proxy.Server;
using Sidecar.Telemetry;
using Sidecar.Transport.Kernel;
using Sidecar.Transport.Tls;
using Sidecar.Upstream;
using Sidecar.Workloads;

namespace Sidecar.Host;

/// <summary>All parts, put together once and started in order; disposed in the opposite one.</summary>
internal sealed class RunningSidecar : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly SimulatedModelServer? _simulated;
    private readonly AdminServer _admin;
    private readonly EngineClient[] _clients;
    private readonly Task _looking;

    private RunningSidecar(
        SidecarServer server, AdminServer admin, Drain drain, EngineClient[] clients, EndPoint upstream,
        SimulatedModelServer? simulated, Func<CancellationToken, Task> look)
    {
        (Server, _admin, Drain, _clients, Upstream, _simulated) = (server, admin, drain, clients, upstream, simulated);
        _looking = look(_ending.Token);
    }

    internal SidecarServer Server { get; }

    internal Drain Drain { get; }

    internal EndPoint Upstream { get; }

    internal EndPoint AdminEndPoint => _admin.EndPoint;

    /// <exception cref="StartFault">A setting cannot be followed: a port is taken, a name unknown.</exception>
    /// <exception cref="OperationCanceledException">The end was asked for before anything was served.</exception>
    internal static async Task<RunningSidecar> StartAsync(
        SidecarSettings settings, Log log, CancellationToken cancellation)
    {
        var time = TimeProvider.System;
        WarnOfDescriptors(settings, log);
        var simulated = settings.Upstream is null ? await SimulatedUpstream.StartAsync(settings.Simulated) : null;
        var upstream = settings.Upstream ?? simulated!.EndPoint;
        var addresses = new UpstreamAddresses(upstream);
        await StartFault.GuardAsync(
            Settings.Upstream, () => addresses.ResolveAsync(cancellation).WaitAsync(cancellation));
        if (OwnListener.FaultOf(addresses.All, settings.Listen, settings.Admin) is { } reason)
            throw new StartFault(Settings.Upstream, reason, ExitCodes.Usage);

        var clock = new MonotonicClock(time);
        var gate = new Gate(settings.Gate, clock);
        var engine = new EngineMonitor(gate, clock, log);
        var workloads = new WorkloadRegistry(settings.Workloads);
        var instruments = new Instruments();
        var state = new SidecarState();
        var upstreamOptions = new UpstreamOptions(
            upstream, settings.ConnectTimeoutTicks, settings.UpstreamIdleTicks, settings.ResponseTimeoutTicks,
            settings.UpstreamTlsHost is { } host
                ? new UpstreamTls(TlsContext.ForClient(settings.UpstreamAuthoritiesFile), host)
                : null);
        var certificate = settings is { CertificateFile: { } file, CertificateKeyFile: { } key }
            ? new ServerCertificate(file, key, log, time)
            : null;
        var root = HealthUrl.Of(upstream, settings.UpstreamTlsHost, "/");
        // One for each that asks: a page must not hold up a look at the health.
        EngineClient[] clients = [.. Enumerable.Range(0, 3).Select(_ =>
            new EngineClient(addresses, settings.UpstreamKey, settings.UpstreamAuthoritiesFile, log))];
        var limit = settings.LimitBounds is { } bounds
            ? new LimitControl(gate, engine, clients[1], root, bounds, clock, log, time)
            : null;
        var stall = settings.StallAfter > TimeSpan.Zero
            ? new StallControl(gate, engine, clients[2], root, settings.StallAfter, clock, log, time)
            : null;
        var services = new ProxyServices(
            settings.Proxy, gate, engine, workloads, instruments, state, certificate, log);
        var serverOptions = new ServerOptions(settings.Listen, settings.Threads, upstreamOptions);
        var server = StartFault.Guard(
            Settings.Listen, () => new SidecarServer(serverOptions, services, addresses, clock, time));
        var drainOptions = new DrainOptions(
            settings.DrainDelay, settings.DrainTimeout, EndsIdleDelay: simulated is not null);
        var drain = new Drain(server, state, drainOptions, log, time);
        var sources = new AdminSources(
            gate, engine, workloads, instruments, state, server, clock, log, limit, stall,
            settings.StallTurnsReadiness);
        var admin = await StartFault.GuardAsync(
            Settings.Admin, () => AdminServer.StartAsync(settings.Admin, sources, drain.RunAsync));
        var healthUrl = settings.HealthPath is { } path
            ? HealthUrl.Of(upstream, settings.UpstreamTlsHost, path)
            : null;
        var probe = new HealthProbe(engine, clients[0], healthUrl, log, time);
        cancellation.ThrowIfCancellationRequested();
        await server.StartAsync();
        return new RunningSidecar(server, admin, drain, clients, upstream, simulated, ending => Task.WhenAll(
            RunAsync(probe.RunAsync, "health-probe-failed", log, ending),
            limit is null ? Task.CompletedTask : RunAsync(limit.RunAsync, "limit-failed", log, ending),
            stall is null ? Task.CompletedTask : RunAsync(stall.RunAsync, "stall-watch-failed", log, ending)));
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _looking;
        foreach (var client in _clients) client.Dispose();
        await _admin.DisposeAsync();
        await Server.DisposeAsync();
        if (_simulated is not null) await _simulated.DisposeAsync();
        _ending.Dispose();
    }

    /// <summary>The connection limit is a promise that the system's limit has to allow.</summary>
    private static void WarnOfDescriptors(SidecarSettings settings, Log log)
    {
        var limit = DescriptorLimit.Raise();
        if (limit >= settings.Proxy.ConnectionLimit * 2L) return;
        log.Warn("descriptors-few", ("limit", $"{limit}"), ("connection_limit", $"{settings.Proxy.ConnectionLimit}"),
            ("hint", "a client and its connection to the model server take two: raise the limit on open files"));
    }

    /// <summary>A loop that dies would leave the gate as it stands: that is told when it happens.</summary>
    private static async Task RunAsync(
        Func<CancellationToken, Task> run, string failed, Log log, CancellationToken cancellation)
    {
        try
        {
            await run(cancellation);
        }
        catch (Exception failure)
        {
            log.Error(failed, failure);
        }
    }
}
