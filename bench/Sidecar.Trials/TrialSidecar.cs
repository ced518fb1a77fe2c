using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Sidecar.CommandLine;

namespace Sidecar.Trials;

/// <summary>The published binary as a process, and what the kernel says of it.</summary>
internal sealed class TrialSidecar : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task _ending;

    private TrialSidecar(Process process, IPEndPoint data, IPEndPoint admin, string settings)
    {
        (_process, Data, Admin, Settings) = (process, data, admin, settings);
        _ending = process.StandardOutput.ReadToEndAsync();
    }

    internal IPEndPoint Data { get; }

    internal IPEndPoint Admin { get; }

    /// <summary>All that it was told beside its addresses; the rest is as it comes.</summary>
    internal string Settings { get; }

    /// <summary>Memory that it has in this moment, in bytes.</summary>
    internal long ResidentBytes
    {
        get
        {
            var status = File.ReadLines($"/proc/{_process.Id}/status");
            var line = status.Single(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
            var kibibytes = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
            return 1024 * long.Parse(kibibytes, CultureInfo.InvariantCulture);
        }
    }

    internal TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    internal static async Task<TrialSidecar> StartAsync(
        string binary, IPEndPoint upstream, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo(binary) { RedirectStandardOutput = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("SIDECAR_", StringComparison.Ordinal))
            .ToList()) start.Environment.Remove(name);
        start.Environment["SIDECAR_LISTEN"] = start.Environment["SIDECAR_ADMIN"] = "127.0.0.1:0";
        start.Environment["SIDECAR_UPSTREAM"] = $"{upstream}";
        foreach (var (name, value) in settings) start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new UsageException($"{binary} did not start");
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.GetProperty("event").GetString() != "started") continue;
            return new TrialSidecar(process, Address(json, "listen"), Address(json, "admin"), Describe(settings));
        }
        throw new UsageException("the sidecar ended before it had started");
    }

    /// <summary>
    /// <c>sidecar drain</c>, as a hook before the stop runs it; ends when the sidecar has gone. The codes of both.
    /// </summary>
    internal async Task<(int Command, int Sidecar)> DrainByCommandAsync(string binary)
    {
        var start = new ProcessStartInfo(binary, "drain") { RedirectStandardOutput = true };
        start.Environment["SIDECAR_ADMIN"] = $"{Admin}";
        using var command = Process.Start(start) ?? throw new UsageException($"{binary} did not start");
        _ = command.StandardOutput.ReadToEndAsync();
        await command.WaitForExitAsync().WaitAsync(Patience);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return (command.ExitCode, _process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        await _ending;
        _process.Dispose();
    }

    private static string Describe((string Name, string Value)[] settings) => string.Join(' ', settings
        .Where(setting => setting.Name is not ("SIDECAR_LISTEN" or "SIDECAR_ADMIN"))
        .Select(setting => $"{setting.Name}={setting.Value}"));

    private static IPEndPoint Address(JsonDocument started, string name) =>
        IPEndPoint.Parse(started.RootElement.GetProperty(name).GetString()!);
}
