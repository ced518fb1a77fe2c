using System.Net;
using Sidecar.Admission;
using Sidecar.Downstream;
using Sidecar.Primitives;
using Sidecar.Telemetry;
using Sidecar.Transport;
using Sidecar.Transport.Buffers;
using Sidecar.Upstream;

namespace Sidecar.Proxy.Server;

/// <summary>The data plane: reactors, each with its worker and its pool, and the listener. Started and stopped once;
/// its counts may be read from any thread.</summary>
public sealed class SidecarServer : IAsyncDisposable
{
    /// <summary>Pace of the workloads' sweep; a paced line of the log is held back no longer.</summary>
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(10);

    private readonly ProxyServices _services;
    private readonly ConnectionServices _connections;
    private readonly UpstreamTls? _upstreamTls;
    private readonly Reactor[] _reactors;
    private readonly ProxyWorker[] _workers;
    private readonly Listener _listener;
    private readonly ITimer _sweep;

    /// <summary>Binds the data port, but does not accept yet; owns the certificate and the upstream's TLS.</summary>
    /// <exception cref="IOException">The address is in use or not this machine's.</exception>
    public SidecarServer(
        ServerOptions options, ProxyServices services, UpstreamAddresses addresses, MonotonicClock clock,
        TimeProvider time)
    {
        _services = services;
        var (log, instruments) = (services.Log, services.Instruments);
        _connections = new ConnectionServices(
            new ConnectionPlaces(services.Options.ConnectionLimit), new DescriptorRoom(),
            new CountedFaults(instruments.TlsHandshakesFailed, new(log, LogLevel.Warn, "tls-handshake-failed")),
            new CountedFaults(instruments.ConnectionsRefused, new(log, LogLevel.Warn, "connection-refused", "limit")));
        _upstreamTls = options.Upstream.Tls;
        _reactors = [.. Enumerable.Range(0, options.Threads)
            .Select(i => new Reactor(clock, $"reactor-{i}", log, options.SleepTicksMax))];
        _workers = [.. _reactors.Select(reactor => new ProxyWorker(
            _services, _connections, reactor, new UpstreamPool(reactor, options.Upstream, addresses)))];
        _listener = new Listener(
            options.Listen, new ConnectionPlacement(_workers, _connections, instruments), log);
        _reactors[0].AddDuty(_listener);
        foreach (var reactor in _reactors) reactor.AddDuty(new QueueTimeoutDuty(reactor, services.Gate));
        _sweep = time.CreateTimer(
            _ =>
            {
                services.Workloads.Sweep(clock.NowTicks);
                log.TellHeldBack();
            },
            null, SweepPeriod, SweepPeriod);
    }

    public EndPoint EndPoint => _listener.EndPoint;

    public int ConnectionCount => _connections.Places.Taken;

    /// <summary>Requests from their complete head to their end, waiting ones and bypassing ones included.</summary>
    public int ExchangeCount => _workers.Sum(worker => worker.ExchangeCount);

    /// <summary>Connections to the model server that wait for their next request.</summary>
    public int RestingCount => _workers.Sum(worker => worker.Upstream.RestingCount);

    public long HeldBodyBytes => _services.BodyMemory.HeldBytes;

    /// <summary>Begins to accept; ends when clients can connect and are served.</summary>
    public async Task StartAsync()
    {
        foreach (var reactor in _reactors) reactor.Start();
        await WorkerCall.RunAsync(_reactors[0], () => _listener.Start(_reactors[0]));
    }

    /// <summary>Refuses new connections and lets go of the idle ones; requests that were begun go on.</summary>
    public async Task CloseListenerAsync()
    {
        await WorkerCall.RunAsync(_reactors[0], _listener.Close);
        for (var i = 0; i < _reactors.Length; i++) await WorkerCall.RunAsync(_reactors[i], _workers[i].PulseAll);
    }

    /// <summary>
    /// Ends the requests that are still under way: 503 where no byte of an answer has gone out, else a reset, so that
    /// no client takes a part for the whole. On all reactors at once, or a freed permit would send on what is next.
    /// </summary>
    public Task CutAsync() => Task.WhenAll(
        _reactors.Zip(_workers, (reactor, worker) => WorkerCall.RunAsync(reactor, worker.CutAll)));

    /// <summary>Ends the threads; whatever is still open is closed by the process's end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        foreach (var reactor in _reactors) reactor.Dispose();
        _services.Certificate?.Dispose();
        _upstreamTls?.Context.Dispose();
    }
}
