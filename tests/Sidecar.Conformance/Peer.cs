using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Sidecar.Testing;

namespace Sidecar.Conformance;

/// <summary>A proxy as a process of its own, between a port and the recording server.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Func<ValueTask> _end;

    private Peer(string name, string version, IPEndPoint endPoint, Func<ValueTask> end) =>
        (Name, Version, EndPoint, _end) = (name, version, endPoint, end);

    internal string Name { get; }

    internal string Version { get; }

    internal IPEndPoint EndPoint { get; }

    /// <summary>Starts the published binary.</summary>
    internal static async Task<Peer> StartSidecarAsync(string binary, int serverPort)
    {
        var sidecar = await SidecarProcess.StartAsync(
            binary, $"127.0.0.1:{serverPort}", [("SIDECAR_CONCURRENCY", "64")]);
        return new Peer("sidecar", Output(binary, "--version"), sidecar.Data, sidecar.DisposeAsync);
    }

    /// <summary>As it comes, with connections to the server kept, which is off by default.</summary>
    internal static Task<Peer> StartNginxAsync(string folder, int serverPort)
    {
        var port = FreePort.Take().Port;
        var file = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(file, $$"""
            daemon off; master_process off; pid {{folder}}/nginx.pid; error_log {{folder}}/nginx.log;
            events { worker_connections 512; }
            http {
              access_log off;
              client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/f; uwsgi_temp_path {{folder}}/u; scgi_temp_path {{folder}}/s;
              upstream server { server 127.0.0.1:{{serverPort}}; keepalive 16; }
              server {
                listen 127.0.0.1:{{port}};
                location / {
                  proxy_pass http://server; proxy_http_version 1.1;
                  proxy_set_header Host $http_host; proxy_set_header Connection ""; proxy_next_upstream off;
                }
              }
            }
            """);
        var start = new ProcessStartInfo("nginx", ["-p", folder, "-c", file]);
        return StartAsync("nginx", Output("nginx", "-v"), start, port);
    }

    /// <summary>As it comes, with connections to the server shared.</summary>
    internal static Task<Peer> StartHaproxyAsync(string folder, int serverPort)
    {
        var port = FreePort.Take().Port;
        var file = Path.Combine(folder, "haproxy.cfg");
        File.WriteAllText(file, $"""
            defaults
              mode http
              timeout connect 5s
              timeout client 30s
              timeout server 30s
              http-reuse always
              retries 0
            frontend clients
              bind 127.0.0.1:{port}
              default_backend servers
            backend servers
              server one 127.0.0.1:{serverPort}

            """);
        var start = new ProcessStartInfo("haproxy", ["-db", "-f", file]);
        return StartAsync("haproxy", Output("haproxy", "-v"), start, port);
    }

    public ValueTask DisposeAsync() => _end();

    private static async Task<Peer> StartAsync(string name, string version, ProcessStartInfo start, int port)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        var peer = new Peer(name, version, new IPEndPoint(IPAddress.Loopback, port), async () =>
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        });
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await probe.ConnectAsync(peer.EndPoint, patience.Token);
                return peer;
            }
            catch (SocketException) when (!process.HasExited)
            {
                await Task.Delay(20, patience.Token);
            }
        }
    }

    private static string Output(string program, string argument)
    {
        var start = new ProcessStartInfo(program, argument)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var text = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return text.Split('\n')[0].Trim();
    }
}
