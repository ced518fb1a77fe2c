using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Sidecar.Testing;

/// <summary>The published binary as a process, with a clean environment and ports of its own. Any thread.</summary>
public sealed class SidecarProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>In place of a Unix socket.</summary>
    private static readonly IPEndPoint Nowhere = new(IPAddress.None, 0);

    private readonly Process _process;
    private readonly List<JsonElement> _log = [];
    private readonly List<TestPeer> _clients = [];
    private Task _reading = Task.CompletedTask;

    private SidecarProcess(Process process, IPEndPoint data, IPEndPoint admin) =>
        (_process, Data, Admin) = (process, data, new AdminClient(admin));

    /// <summary>What scripts/publish has made, or what <c>SIDECAR_BINARY</c> names.</summary>
    public static string Binary => FindBinary();

    public IPEndPoint Data { get; }

    public Uri Url => new($"http://{Data}");

    public int Id => _process.Id;

    public int DescriptorCount => Directory.GetFileSystemEntries($"/proc/{Id}/fd").Length;

    /// <summary>Memory that the process has in this moment.</summary>
    public long ResidentBytes
    {
        get
        {
            var status = File.ReadLines($"/proc/{Id}/status");
            var line = status.Single(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
            var kibibytes = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
            return 1024 * long.Parse(kibibytes, CultureInfo.InvariantCulture);
        }
    }

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public AdminClient Admin { get; }

    /// <summary>What it was told beside its ports and the model server: <c>NAME=value NAME=value</c>.</summary>
    public string Settings { get; private init; } = "";

    /// <summary>Its line in the log; none where it was started redirected.</summary>
    public JsonElement Started { get; private init; }

    public static Task<SidecarProcess> StartSimulatedAsync() =>
        StartAsync(new ProcessStartInfo(Binary), "simulated", InOrder([]));

    /// <summary>In strict order, and asking the model server for its health alone: every n-th dispatch of the oldest
    /// and the limit that finds itself are off unless they are asked for.</summary>
    public static Task<SidecarProcess> StartAsync(
        IPEndPoint upstream, params (string Name, string Value)[] settings) =>
        StartAsync(new ProcessStartInfo(Binary), $"{upstream}", InOrder(settings));

    /// <summary>As a process that may have at most so many descriptors open; in strict order.</summary>
    public static Task<SidecarProcess> StartWithDescriptorsAsync(
        int count, IPEndPoint upstream, params (string Name, string Value)[] settings) => StartAsync(
        new ProcessStartInfo("/bin/sh", ["-c", $"ulimit -n {count}; exec \"$0\"", Binary]), $"{upstream}",
        InOrder(settings));

    /// <summary>As it comes, but for its ports and these settings.</summary>
    /// <param name="binary">The published one, or another build.</param>
    /// <param name="upstream">As <c>SIDECAR_UPSTREAM</c> takes it.</param>
    /// <param name="settings">Variables and their values.</param>
    /// <param name="onLine">Told of each line of the log behind the first; else they are kept.</param>
    public static Task<SidecarProcess> StartAsync(
        string binary, string upstream, (string Name, string Value)[] settings, Action<JsonElement>? onLine = null) =>
        StartAsync(new ProcessStartInfo(binary), upstream, settings, onLine);

    /// <summary>
    /// As a process whose standard streams a shell redirects, such as by <c>&gt;/dev/full</c>; it logs to nobody here.
    /// </summary>
    public static async Task<SidecarProcess> StartRedirectedAsync(
        string redirection, IPEndPoint upstream, params (string Name, string Value)[] settings)
    {
        var (data, admin) = (FreePort.Take(), FreePort.Take());
        var start = Prepare(
            new ProcessStartInfo("/bin/sh", ["-c", $"exec \"$0\" {redirection}", Binary]), $"{upstream}",
            [("SIDECAR_LISTEN", $"{data}"), ("SIDECAR_ADMIN", $"{admin}"), .. settings]);
        start.RedirectStandardError = true;
        var sidecar = new SidecarProcess(Process.Start(start)!, data, admin);
        await AdminClient.UntilAsync(sidecar.IsReadyAsync, "a sidecar that logs to nobody");
        return sidecar;
    }

    public async Task<TestPeer> ConnectAsync()
    {
        var client = await TestPeer.ConnectAsync(Data);
        lock (_clients) _clients.Add(client);
        return client;
    }

    public async Task<TestPeer> SendAsync(string request)
    {
        var client = await ConnectAsync();
        await client.SendAsync(request);
        return client;
    }

    /// <summary>The line that the log has, or gets, of <paramref name="name"/>.</summary>
    public async Task<JsonElement> LoggedAsync(string name)
    {
        JsonElement found = default;
        await AdminClient.UntilAsync(() => Task.FromResult(TryFind(name, out found)), $"the log's line '{name}'");
        return found;
    }

    /// <summary>Asks it to end, as Kubernetes does.</summary>
    public void Terminate() => Send("TERM");

    /// <param name="signal">As kill(1) calls it.</param>
    public void Send(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Its exit code, once its log has been read to the end.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        await _reading.WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>What it said on standard error; of one that was started redirected, and has ended.</summary>
    public Task<string> ErrorsAsync() => _process.StandardError.ReadToEndAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        Admin.Dispose();
        if (!_process.HasExited) _process.Kill();
        await ExitAsync();
        _process.Dispose();
    }

    private static async Task<SidecarProcess> StartAsync(
        ProcessStartInfo start, string upstream, (string Name, string Value)[] settings,
        Action<JsonElement>? onLine = null)
    {
        var process = Process.Start(Prepare(start, upstream, settings))!;
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            var json = Parsed(line);
            if (json.GetProperty("event").GetString() != "started") continue;
            var sidecar = new SidecarProcess(process, EndPoint(json, "listen"), EndPoint(json, "admin"))
            {
                Started = json,
                Settings = string.Join(' ', settings
                    .Where(setting => setting.Name is not ("SIDECAR_LISTEN" or "SIDECAR_ADMIN"))
                    .Select(setting => $"{setting.Name}={setting.Value}")),
            };
            // Read to the end, or the pipe would fill up.
            sidecar._reading = sidecar.ReadAsync(onLine ?? sidecar.Keep);
            return sidecar;
        }
        await process.WaitForExitAsync().WaitAsync(Patience);
        throw new InvalidOperationException($"The sidecar ended with code {process.ExitCode} before it had started.");
    }

    private static ProcessStartInfo Prepare(
        ProcessStartInfo start, string upstream, (string Name, string Value)[] settings)
    {
        start.RedirectStandardOutput = true;
        start.Environment.Clear();
        start.Environment["SIDECAR_LISTEN"] = start.Environment["SIDECAR_ADMIN"] = "127.0.0.1:0";
        start.Environment["SIDECAR_UPSTREAM"] = upstream;
        foreach (var (name, value) in settings) start.Environment[name] = value;
        return start;
    }

    private static (string Name, string Value)[] InOrder((string Name, string Value)[] settings) =>
        [("SIDECAR_OLDEST_EVERY", "0"), ("SIDECAR_CONCURRENCY", "64"), .. settings];

    private async Task ReadAsync(Action<JsonElement> onLine)
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line) onLine(Parsed(line));
    }

    private void Keep(JsonElement line)
    {
        lock (_log) _log.Add(line);
    }

    private bool TryFind(string name, out JsonElement found)
    {
        lock (_log) found = _log.Find(line => line.GetProperty("event").GetString() == name);
        return found.ValueKind != JsonValueKind.Undefined;
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

    private static JsonElement Parsed(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.Clone();
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
