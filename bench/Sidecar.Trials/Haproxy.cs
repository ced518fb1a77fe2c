using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sidecar.Trials;

/// <summary>HAProxy as a process, in front of two sidecars; it says which requests it saw fail, and why.</summary>
internal sealed class Haproxy : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly IPEndPoint _statistics;
    private readonly List<string> _log = [];

    private Haproxy(Process process, IPEndPoint clients, IPEndPoint statistics)
    {
        (_process, Clients, _statistics) = (process, clients, statistics);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    internal IPEndPoint Clients { get; }

    /// <summary>Its lines of requests that failed.</summary>
    internal IReadOnlyList<string> Faults
    {
        get
        {
            lock (_log) return [.. _log.Where(line => line.Contains(" clients sidecars/", StringComparison.Ordinal))];
        }
    }

    /// <exception cref="InvalidOperationException">It ended at once; its last lines are told.</exception>
    internal static async Task<Haproxy> StartAsync(
        (IPEndPoint Data, IPEndPoint Admin)[] sidecars, HaproxyOptions options)
    {
        var (clients, statistics) = (Ports.Free(), Ports.Free());
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Configuration(sidecars, options, clients, statistics));
        var haproxy = new Haproxy(
            Process.Start(new ProcessStartInfo("haproxy", ["-db", "-f", file])
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            })!,
            clients, statistics);
        try
        {
            for (var i = 1; i <= sidecars.Length; i++) await haproxy.UntilAsync($"sidecar-{i}", "UP");
        }
        catch
        {
            await haproxy.DisposeAsync();
            throw;
        }
        finally
        {
            File.Delete(file);
        }
        return haproxy;
    }

    /// <summary>Ends when it routes to the server, or does so no more.</summary>
    /// <param name="server">By its name in the configuration.</param>
    /// <param name="status">What its statistics begin with.</param>
    internal async Task UntilAsync(string server, string status)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience; await Task.Delay(20))
        {
            if (_process.HasExited) break;
            if ((await FieldAsync(server, "status"))?.StartsWith(status, StringComparison.Ordinal) == true) return;
        }
        lock (_log) throw new InvalidOperationException(
            $"{server} does not become {status}; HAProxy's last lines:\n{string.Join('\n', _log.TakeLast(5))}");
    }

    /// <summary>Of its page of statistics, by the column's name.</summary>
    internal async Task<string?> FieldAsync(string server, string column)
    {
        string page;
        try
        {
            page = await PageAsync();
        }
        catch (SocketException)
        {
            return null;
        }
        var lines = page.Split('\n');
        var names = lines.FirstOrDefault(line => line.StartsWith("# ", StringComparison.Ordinal));
        var row = lines.FirstOrDefault(line => line.StartsWith($"sidecars,{server},", StringComparison.Ordinal));
        return row?.Split(',')[Array.IndexOf(names![2..].Split(','), column)];
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    internal static string Backend(
        (IPEndPoint Data, IPEndPoint Admin)[] sidecars, HaproxyOptions options)
    {
        var text = new StringBuilder();
        text.AppendLine("backend sidecars");
        text.AppendLine(options.ChecksAdmin ? "  option httpchk GET /readyz" : "  option httpchk GET /health");
        text.AppendLine(options.Redispatch ? "  option redispatch" : "  no option redispatch");
        text.AppendLine("  retries 3");
        text.AppendLine("  retry-on conn-failure");
        text.AppendLine($"  http-reuse {options.Reuse}");
        text.AppendLine($"  default-server check {options.Check}");
        for (var i = 0; i < sidecars.Length; i++)
        {
            var port = options.ChecksAdmin ? $" port {sidecars[i].Admin.Port}" : "";
            text.AppendLine($"  server sidecar-{i + 1} {sidecars[i].Data}{port}");
        }
        return text.ToString();
    }

    private static string Configuration(
        (IPEndPoint Data, IPEndPoint Admin)[] sidecars, HaproxyOptions options, IPEndPoint clients,
        IPEndPoint statistics) => $"""
        global
          log stdout format raw local0
        defaults
          mode http
          log global
          option httplog
          option dontlog-normal
          option http-no-delay
          timeout connect 2s
          timeout client 60s
          timeout server 60s
        frontend statistics
          bind {statistics}
          stats enable
          stats uri /
        frontend clients
          bind {clients}
          default_backend sidecars
        {Backend(sidecars, options)}

        """;

    private async Task<string> PageAsync()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_statistics);
        await socket.SendAsync("GET /;csv HTTP/1.0\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(new NetworkStream(socket));
        return await reader.ReadToEndAsync();
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_log) _log.Add(line);
    }
}
