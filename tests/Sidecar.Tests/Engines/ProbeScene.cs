using System.Net;
using Sidecar.Admission;
using Sidecar.Engines;
using Sidecar.Primitives;
using Sidecar.Scheduling.Orders;
using Sidecar.Telemetry;
using Sidecar.Tests.Proxy;
using Sidecar.Upstream;

namespace Sidecar.Tests.Engines;

/// <summary>A gate, what is known of the model server, and the probe, on a clock that the test moves.</summary>
internal sealed class ProbeScene : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private EngineClient? _client;
    private Task _running = Task.CompletedTask;

    internal ProbeScene(TextWriter? log = null)
    {
        var clock = new MonotonicClock(Time);
        Log = log is null ? Log.Silent : new Log(log, LogLevel.Info, LogFormat.Text, Time);
        Gate = new Gate(new GateOptions(1, 10, 0, 0, new ScoreOptions()), clock);
        Engine = new EngineMonitor(Gate, clock, Log);
    }

    internal WatchedTime Time { get; } = new();

    internal Log Log { get; }

    internal Gate Gate { get; }

    internal EngineMonitor Engine { get; }

    /// <param name="server">Where the model server is.</param>
    /// <param name="path">Null: a connection is enough.</param>
    /// <param name="key">The bearer token.</param>
    /// <param name="scheme">Of its address.</param>
    internal void Start(EndPoint server, string? path = "/health", string? key = null, string scheme = "http")
    {
        var url = path is null ? null : new Uri($"{scheme}://{server as IPEndPoint ?? (object)"localhost"}{path}");
        _client = new EngineClient(new UpstreamAddresses(server), key, authoritiesFile: null, Log.Silent);
        _running = new HealthProbe(Engine, _client, url, Log.Silent, Time).RunAsync(_ending.Token);
    }

    /// <summary>Moves the clock on, a millisecond at a time, until the condition holds.</summary>
    internal Task UntilAsync(Func<bool> condition) => ProxyHarness.UntilAsync(() =>
    {
        Time.Advance(TimeSpan.FromMilliseconds(1));
        return condition();
    });

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running;
        _client?.Dispose();
        if (Log != Log.Silent) await Log.DisposeAsync();
        _ending.Dispose();
    }
}
