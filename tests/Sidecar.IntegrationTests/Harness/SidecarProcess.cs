using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Sidecar.Tests.Proxy;

namespace Sidecar.IntegrationTests.Harness;

/// <summary>The published binary as a process, with a clean environment and ports of its own.</summary>
internal sealed class SidecarProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>In place of a Unix socket.</summary>
    private static readonly IPEndPoint Nowhere = new(IPAddress.None, 0);

    private readonly Process _process;
    private readonly Task _reading;
    private readonly List<string> _log = [];
    private readonly List<TestPeer> _clients = [];

    private SidecarProcess(Process process, IPEndPoint data, IPEndPoint admin, bool readsLog)
    {
        _process = process;
        Data = data;
        Admin = new AdminClient(admin);
        // Read to the end, or the pipe would fill up.
        _reading = readsLog ? KeepLogAsync() : Task.CompletedTask;
    }

    internal static string Binary { get; } = FindBinary();

    internal IPEndPoint Data { get; }

    internal Uri Url => new($"http://{Data}");

    internal int Id => _process.Id;

    internal int DescriptorCount => Directory.GetFileSystemEntries($"/proc/{Id}/fd").Length;

    internal AdminClient Admin { get; }

    /// <summary>Its line in the log; none where it was started redirected.</summary>
    internal JsonElement Started { get; private init; }

    internal static Task<SidecarProcess> StartSimulatedAsync() => StartAsync(new(Binary), "simulated", []);

    internal static Task<SidecarProcess> StartAsync(
        IPEndPoint upstream, params (string Name, string Value)[] settings) =>
        StartAsync(new(Binary), $"{upstream}", settings);

    /// <summary>As a process that may have at most so many descriptors open.</summary>
    internal static Task<SidecarProcess> StartWithDescriptorsAsync(
        int count, IPEndPoint upstream, params (string Name, string Value)[] settings) =>
        StartAsync(new("/bin/sh", ["-c", $"ulimit -n {count}; exec \"$0\"", Binary]), $"{upstream}", settings);

    /// <summary>
    /// As a process whose standard streams a shell redirects, such as by <c>&gt;/dev/full</c>; it logs to nobody here.
    /// </summary>
    internal static async Task<SidecarProcess> StartRedirectedAsync(
        string redirection, IPEndPoint upstream, params (string Name, string Value)[] settings)
    {
        var (data, admin) = (FreePort(), FreePort());
        var start = Prepare(
            new("/bin/sh", ["-c", $"exec \"$0\" {redirection}", Binary]), $"{upstream}",
            [("SIDECAR_LISTEN", $"{data}"), ("SIDECAR_ADMIN", $"{admin}"), .. settings]);
        start.RedirectStandardError = true;
        var sidecar = new SidecarProcess(Process.Start(start)!, data, admin, readsLog: false);
        await AdminClient.UntilAsync(sidecar.IsReadyAsync, "a sidecar that logs to nobody");
        return sidecar;
    }

    private static async Task<SidecarProcess> StartAsync(
        ProcessStartInfo start, string upstream, (string Name, string Value)[] settings)
    {
        var process = Process.Start(Prepare(start, upstream, settings))!;
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.GetProperty("event").GetString() != "started") continue;
            var (data, admin) = (EndPoint(json.RootElement, "listen"), EndPoint(json.RootElement, "admin"));
            return new SidecarProcess(process, data, admin, readsLog: true) { Started = json.RootElement.Clone() };
        }
        throw new InvalidOperationException($"The sidecar ended with code {process.ExitCode} before it had started.");
    }

    private static ProcessStartInfo Prepare(
        ProcessStartInfo start, string upstream, (string Name, string Value)[] settings)
    {
        start.RedirectStandardOutput = true;
        start.Environment.Clear();
        start.Environment["SIDECAR_LISTEN"] = start.Environment["SIDECAR_ADMIN"] = "127.0.0.1:0";
        start.Environment["SIDECAR_UPSTREAM"] = upstream;
        start.Environment["SIDECAR_OLDEST_EVERY"] = "0";
        foreach (var (name, value) in settings) start.Environment[name] = value;
        return start;
    }

    internal async Task<TestPeer> ConnectAsync()
    {
        var client = await TestPeer.ConnectAsync(Data);
        lock (_clients) _clients.Add(client);
        return client;
    }

    internal async Task<TestPeer> SendAsync(string request)
    {
        var client = await ConnectAsync();
        await client.SendAsync(request);
        return client;
    }

    /// <summary>The line that the log has, or gets, of <paramref name="name"/>.</summary>
    internal async Task<JsonElement> LoggedAsync(string name)
    {
        JsonElement found = default;
        await AdminClient.UntilAsync(() => Task.FromResult(TryFind(name, out found)), $"the log's line '{name}'");
        return found;
    }

    /// <summary>Asks it to end, as Kubernetes does.</summary>
    internal void Terminate() => Send("TERM");

    /// <param name="signal">As kill(1) calls it.</param>
    internal void Send(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    internal async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>What it said on standard error; of one that was started redirected, and has ended.</summary>
    internal Task<string> ErrorsAsync() => _process.StandardError.ReadToEndAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        Admin.Dispose();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Patience);
        await _reading.WaitAsync(Patience);
        _process.Dispose();
    }

    private async Task KeepLogAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            lock (_log) _log.Add(line);
        }
    }

    private bool TryFind(string name, out JsonElement found)
    {
        lock (_log)
        {
            foreach (var line in _log)
            {
                using var json = JsonDocument.Parse(line);
                found = json.RootElement.Clone();
                if (found.GetProperty("event").GetString() == name) return true;
            }
        }
        found = default;
        return false;
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            return await Admin.StatusAsync("/readyz") == HttpStatusCode.OK;
        }
        catch (HttpRequestException) when (!_process.HasExited)
        {
            return false;
        }
    }

    private static IPEndPoint FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }

    private static IPEndPoint EndPoint(JsonElement started, string name) =>
        IPEndPoint.TryParse(started.GetProperty(name).GetString()!, out var endPoint) ? endPoint : Nowhere;

    private static string FindBinary()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Sidecar.sln"))) folder = folder.Parent;
        var binary = Environment.GetEnvironmentVariable("SIDECAR_BINARY")
            ?? Path.Combine(folder?.FullName ?? "", "artifacts", "publish", "sidecar");
        return File.Exists(binary)
            ? binary
            : throw new FileNotFoundException($"There is no published binary at {binary}: run scripts/publish");
    }
}
