using System.Diagnostics;
using System.Text.Json;

namespace Sidecar.IntegrationTests;

/// <summary>The published binary in front of an engine, with a permit for each of its slots.</summary>
public sealed class EngineSidecar : IAsyncDisposable
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(10);
    private readonly Process _process;
    private readonly HttpClient _http = new();

    private EngineSidecar(Process process) => _process = process;

    public Uri Data { get; private set; } = null!;

    public Uri Admin { get; private set; } = null!;

    public static async Task<EngineSidecar> StartAsync(string binary, EngineServer engine)
    {
        var start = new ProcessStartInfo(binary) { RedirectStandardOutput = true };
        start.Environment["SIDECAR_LISTEN"] = "127.0.0.1:0";
        start.Environment["SIDECAR_ADMIN"] = "127.0.0.1:0";
        start.Environment["SIDECAR_UPSTREAM"] = $"127.0.0.1:{engine.Port}";
        start.Environment["SIDECAR_CONCURRENCY"] = $"{EngineServer.Slots}";
        start.Environment["SIDECAR_LOG_FORMAT"] = "json";
        var sidecar = new EngineSidecar(Process.Start(start)!);
        await sidecar.AwaitStartedAsync().WaitAsync(StartWithin);
        return sidecar;
    }

    /// <returns>Permits that are out.</returns>
    public async Task<int> InFlightAsync(CancellationToken stop)
    {
        using var queue = JsonDocument.Parse(await _http.GetStringAsync(new Uri(Admin, "/debug/queue"), stop));
        return queue.RootElement.GetProperty("in_flight").GetInt32();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task AwaitStartedAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.Contains("\"event\":\"started\"", StringComparison.Ordinal)) continue;
            using var started = JsonDocument.Parse(line);
            Data = new Uri($"http://{started.RootElement.GetProperty("listen").GetString()}");
            Admin = new Uri($"http://{started.RootElement.GetProperty("admin").GetString()}");
            _ = _process.StandardOutput.ReadToEndAsync(); // a full pipe would stop it
            return;
        }
        throw new InvalidOperationException("the sidecar ended before it had started");
    }
}
