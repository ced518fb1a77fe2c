using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Sidecar.Conformance;

/// <summary>A proxy as a process of its own, between a port and the recording server.</summary>
internal sealed class Peer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    private Peer(string name, string version, Process process, int port)
    {
        (Name, Version, _process, EndPoint) = (name, version, process, new IPEndPoint(IPAddress.Loopback, port));
    }

    internal string Name { get; }

    internal string Version { get; }

    internal IPEndPoint EndPoint { get; }

    /// <summary>Starts the published binary.</summary>
    internal static Task<Peer> StartSidecarAsync(string binary, int serverPort)
    {
        var (port, admin) = (FreePort(), FreePort());
        var start = new ProcessStartInfo(binary);
        start.Environment["SIDECAR_LISTEN"] = $"127.0.0.1:{port}";
        start.Environment["SIDECAR_ADMIN"] = $"127.0.0.1:{admin}";
        start.Environment["SIDECAR_UPSTREAM"] = $"127.0.0.1:{serverPort}";
        return StartAsync("sidecar", Output(binary, "--version"), start, port);
    }

    /// <summary>As it comes, with connections to the server kept, which is off by default.</summary>
    internal static Task<Peer> StartNginxAsync(string folder, int serverPort)
    {
        var port = FreePort();
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
        var port = FreePort();
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

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static async Task<Peer> StartAsync(string name, string version, ProcessStartInfo start, int port)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        var peer = new Peer(name, version, process, port);
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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
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
