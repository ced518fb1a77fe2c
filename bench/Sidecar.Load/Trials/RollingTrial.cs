using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Sidecar.Load.Trials;

/// <summary>Two sidecars behind HAProxy, drained and started again in turn under constant load.</summary>
internal sealed class RollingTrial(string binary, int rounds, int perSecond, TextWriter output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private int _sent;
    private int _failed;

    internal int Sent => Volatile.Read(ref _sent);

    internal int Failed => Volatile.Read(ref _failed);

    /// <summary>True when no request failed and every sidecar ended with code 0.</summary>
    internal async Task<bool> RunAsync()
    {
        using var server = new TrialServer();
        var ports = Enumerable.Range(0, 5).Select(_ => FreePort()).ToArray();
        var sidecars = new TrialSidecar[2];
        Process? haproxy = null;
        try
        {
            for (var i = 0; i < 2; i++) sidecars[i] = await StartAsync(server, ports[2 * i], ports[2 * i + 1]);
            haproxy = await StartHaproxyAsync(ports);
            return await RollAsync(server, ports, sidecars);
        }
        finally
        {
            foreach (var sidecar in sidecars)
            {
                if (sidecar is not null) await sidecar.DisposeAsync();
            }
            haproxy?.Kill();
            haproxy?.Dispose();
        }
    }

    private async Task<bool> RollAsync(TrialServer server, int[] ports, TrialSidecar[] sidecars)
    {
        using var stop = new CancellationTokenSource();
        var load = LoadAsync(ports[4], stop.Token);
        var isGood = true;
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < 2; i++)
            {
                var code = await sidecars[i].DrainAsync();
                isGood &= code == 0;
                await sidecars[i].DisposeAsync();
                sidecars[i] = await StartAsync(server, ports[2 * i], ports[2 * i + 1]);
                // The other one is drained only when HAProxy has seen this one again.
                await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
                output.WriteLine($"round {round + 1}, sidecar {i + 1}: ended with code {code}, started again; "
                    + $"{Sent} requests so far, {Failed} failed");
            }
        }
        await stop.CancelAsync();
        await load;
        output.WriteLine($"{Sent} requests, {Failed} failed");
        return isGood && Failed == 0 && Sent > 0;
    }

    private async Task<TrialSidecar> StartAsync(TrialServer server, int port, int admin)
    {
        var sidecar = await TrialSidecar.StartAsync(binary, server.EndPoint,
            ("SIDECAR_LISTEN", $"127.0.0.1:{port}"), ("SIDECAR_ADMIN", $"127.0.0.1:{admin}"),
            ("SIDECAR_DRAIN_DELAY", "2s"), ("SIDECAR_DRAIN_TIMEOUT", "15s"));
        using var http = new HttpClient();
        var clock = Stopwatch.StartNew();
        while (true)
        {
            using var ready = await http.GetAsync(new Uri($"http://127.0.0.1:{admin}/readyz"));
            if (ready.IsSuccessStatusCode) return sidecar;
            if (clock.Elapsed > Patience) throw new TimeoutException("the sidecar is not ready");
            await Task.Delay(20);
        }
    }

    private static async Task<Process> StartHaproxyAsync(int[] ports)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $"""
            defaults
              mode http
              timeout connect 2s
              timeout client 60s
              timeout server 60s
              option redispatch
              option httpchk GET /readyz
              default-server check inter 200ms fall 1 rise 1
            frontend clients
              bind 127.0.0.1:{ports[4]}
              default_backend sidecars
            backend sidecars
              server one 127.0.0.1:{ports[0]} port {ports[1]}
              server two 127.0.0.1:{ports[2]} port {ports[3]}

            """);
        var haproxy = Process.Start(new ProcessStartInfo("haproxy", ["-db", "-f", file])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        _ = haproxy.StandardOutput.ReadToEndAsync();
        _ = haproxy.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await probe.ConnectAsync(IPAddress.Loopback, ports[4], patience.Token);
                File.Delete(file);
                return haproxy;
            }
            catch (SocketException) when (!haproxy.HasExited)
            {
                await Task.Delay(20, patience.Token);
            }
        }
    }

    private async Task LoadAsync(int port, CancellationToken stop)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = Patience };
        var pending = new List<Task>();
        var clock = Stopwatch.StartNew();
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / perSecond);
            if (due > clock.Elapsed) await Task.Delay(due - clock.Elapsed, CancellationToken.None);
            // A tenth are streams that last a second.
            pending.Add(SendAsync(http, i % 10 == 0 ? "/second" : "/v1/completions"));
            if (pending.Count > 1000) pending.RemoveAll(task => task.IsCompleted);
        }
        await Task.WhenAll(pending);
    }

    private async Task SendAsync(HttpClient http, string path)
    {
        Interlocked.Increment(ref _sent);
        try
        {
            using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), new StringContent("{}"));
            var body = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode == HttpStatusCode.OK && body is "ok" or ['t', ..]) return;
            output.WriteLine($"failed: {(int)answer.StatusCode} {body.ReplaceLineEndings(" ")}");
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            output.WriteLine($"failed: {(failure.InnerException ?? failure).Message}");
        }
        Interlocked.Increment(ref _failed);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
