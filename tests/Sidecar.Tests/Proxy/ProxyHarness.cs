using System.Net;
using Sidecar.Admission;
using Sidecar.Downstream;
using Sidecar.Engines;
using Sidecar.Lifecycle;
using Sidecar.Primitives;
using Sidecar.Proxy;
using Sidecar.Proxy.Server;
using Sidecar.Records;
using Sidecar.Scheduling.Orders;
using Sidecar.Telemetry;
using Sidecar.Tests.Admission;
using Sidecar.Transport;
using Sidecar.Upstream;
using Sidecar.Workloads;

namespace Sidecar.Tests.Proxy;

/// <summary>
/// The whole data plane in this process, on a clock that the test moves, before a scripted model server.
/// </summary>
internal sealed class ProxyHarness : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<TestPeer> _clients = [];
    private readonly ServerCertificate? _certificate;

    private ProxyHarness(
        int limit, Func<ProxyOptions, ProxyOptions>? configure, int queueLimit, int threads, int responseSeconds,
        TestCertificate? certificate, UpstreamTls? upstreamTls, Log log, IRecordReader[] readers)
    {
        var clock = new MonotonicClock(Time);
        Gate = new Gate(
            new GateOptions(limit, queueLimit, Seconds(50), OldestEvery: 0, new ScoreOptions()), clock, History);
        Engine = new EngineMonitor(Gate, clock, Log.Silent);
        Workloads = new WorkloadRegistry(new WorkloadOptions());
        var upstream = new UpstreamOptions(
            Upstream.EndPoint, Seconds(2), Seconds(4), Seconds(responseSeconds), upstreamTls);
        var proxy = configure is null ? Defaults : configure(Defaults);
        Addresses = new UpstreamAddresses(Upstream.EndPoint);
        var options = new ServerOptions(
            new IPEndPoint(IPAddress.Loopback, 0), threads, upstream, Reactor.SweepTicks);
        if (certificate is not null) _certificate = certificate.Serve(Time);
        var services = new ProxyServices(
            proxy, Gate, Engine, Workloads, Instruments, State, _certificate, log)
        {
            Readers = new([Instruments, new RequestLog(log), Engine.Answers, .. readers]),
        };
        Server = new SidecarServer(options, services, Addresses, clock, Time);
    }

    internal static ProxyOptions Defaults { get; } = new()
    {
        HeadLimitBytes = 8 * 1024,
        BodyLimitBytes = 8 << 20,
        BodyBufferBytes = 256 * 1024,
        BodyMemoryBytes = 4 << 20,
        HeadTimeoutTicks = Seconds(10),
        ClientStallTicks = Seconds(30),
        IdleTicks = Seconds(3900),
        ConnectionLimit = 1000,
        DefaultCriticality = 3,
        ContextFieldName = "X-Workload-Context",
        Resends = true,
        BypassPaths = ["/tokenize"],
    };

    internal HeldTime Time { get; } = new();

    internal SocketServer Upstream { get; } = new();

    internal Gate Gate { get; }

    /// <summary>Told of the gate's decisions, under its lock.</summary>
    internal GateHook History { get; } = new();

    internal EngineMonitor Engine { get; }

    internal WorkloadRegistry Workloads { get; }

    internal Instruments Instruments { get; } = new();

    internal SidecarState State { get; } = new();

    internal UpstreamAddresses Addresses { get; }

    internal SidecarServer Server { get; }

    internal ServerCertificate? Certificate => _certificate;

    internal static long Seconds(int count) => count * TimeSpan.TicksPerSecond;

    internal static async Task<ProxyHarness> StartAsync(
        int limit = 4, Func<ProxyOptions, ProxyOptions>? configure = null, int queueLimit = 5000, int threads = 1,
        int responseSeconds = 3600, TestCertificate? certificate = null, UpstreamTls? upstreamTls = null,
        Log? log = null, params IRecordReader[] readers)
    {
        var harness = new ProxyHarness(
            limit, configure, queueLimit, threads, responseSeconds, certificate, upstreamTls, log ?? Log.Silent,
            readers);
        await harness.Addresses.ResolveAsync(TestContext.Current.CancellationToken);
        await harness.Server.StartAsync();
        return harness;
    }

    internal async Task<TestPeer> ConnectAsync(int receiveBufferBytes = 0)
    {
        var client = await TestPeer.ConnectAsync(Server.EndPoint, receiveBufferBytes);
        _clients.Add(client);
        return client;
    }

    /// <summary>The model server's health was looked at, and holds.</summary>
    internal void BeHealthy() => Look(HealthAnswer.Healthy);

    /// <summary>The model server's health was looked at.</summary>
    internal void Look(HealthAnswer answer) => Engine.EndLook(Engine.BeginLook(), answer, $"GET /health: {answer}");

    /// <summary>A client that has sent <paramref name="request"/>.</summary>
    internal async Task<TestPeer> SendAsync(string request)
    {
        var client = await ConnectAsync();
        await client.SendAsync(request);
        return client;
    }

    /// <summary>Waits for what another thread is about to do.</summary>
    internal static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    internal Task OutcomeAsync(Outcome outcome, int count = 1) =>
        UntilAsync(() => Instruments[outcome].Value >= count);

    /// <summary>Nothing is held for anybody any more.</summary>
    internal Task IdleAsync() => UntilAsync(() => Server.ExchangeCount == 0 && Gate is { InFlight: 0, Queued: 0 });

    internal bool HasTls => _certificate is not null;

    public async ValueTask DisposeAsync()
    {
        Time.LetGo();
        foreach (var client in _clients) client.Dispose();
        await Server.DisposeAsync();
        _certificate?.Dispose();
        Upstream.Dispose();
    }
}
