using System.Diagnostics;
using System.Text.Json;

namespace Sidecar.Demo;

/// <summary>The published binary as its own process on free ports, in front of the held model server.</summary>
public sealed class SidecarUnderDemo : IAsyncDisposable
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(10);
    private readonly Process _process;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    private SidecarUnderDemo(Process process) => _process = process;

    public Uri Data { get; private set; } = null!;

    public Uri Admin { get; private set; } = null!;

    public static async Task<SidecarUnderDemo> StartAsync(
        string binary, string upstream, IReadOnlyDictionary<string, string> settings, CancellationToken stop)
    {
        var start = new ProcessStartInfo(binary) { RedirectStandardOutput = true };
        foreach (var name in start.Environment.Keys.ToArray())
        {
            if (name.StartsWith("SIDECAR_", StringComparison.Ordinal)) start.Environment.Remove(name);
        }
        start.Environment["SIDECAR_LISTEN"] = "127.0.0.1:0";
        start.Environment["SIDECAR_ADMIN"] = "127.0.0.1:0";
        start.Environment["SIDECAR_UPSTREAM"] = upstream;
        start.Environment["SIDECAR_CONCURRENCY"] = "1";
        start.Environment["SIDECAR_OLDEST_EVERY"] = "0"; // its rare exceptions are not what is shown here
        foreach (var (name, value) in settings) start.Environment[name] = value;
        var sidecar = new SidecarUnderDemo(Process.Start(start) ?? throw new DemoFailure($"{binary} did not start"));
        try
        {
            await sidecar.AwaitStartedAsync(stop).WaitAsync(StartWithin, stop);
            return sidecar;
        }
        catch
        {
            await sidecar.DisposeAsync();
            throw;
        }
    }

    public async Task<QueueView> QueueAsync(CancellationToken stop) =>
        QueueView.Parse(await _http.GetStringAsync(new Uri(Admin, "/debug/queue"), stop));

    /// <returns>The status of the answer.</returns>
    public async Task<int> SendAsync(string name, string? context, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Data, "/v1/chat/completions"))
        {
            Content = new StringContent("""{"model":"demo","messages":[]}"""),
        };
        request.Headers.TryAddWithoutValidation(HeldUpstream.NameField, name);
        if (context is not null) request.Headers.TryAddWithoutValidation("X-Workload-Context", context);
        using var response = await _http.SendAsync(request, stop);
        return (int)response.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task AwaitStartedAsync(CancellationToken stop)
    {
        while (await _process.StandardOutput.ReadLineAsync(stop) is { } line)
        {
            if (!line.Contains("\"started\"", StringComparison.Ordinal)) continue;
            using var started = JsonDocument.Parse(line);
            Data = new Uri($"http://{started.RootElement.GetProperty("listen").GetString()}");
            Admin = new Uri($"http://{started.RootElement.GetProperty("admin").GetString()}");
            // Its later lines must go somewhere, or a full pipe would stop it.
            _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return;
        }
        throw new DemoFailure("the sidecar ended before it had started");
    }
}
