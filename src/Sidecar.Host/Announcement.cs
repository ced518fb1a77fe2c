using System.Net;
using System.Net.Sockets;
using Sidecar.Configuration;
using Sidecar.Telemetry;

namespace Sidecar.Host;

/// <summary>
/// What the sidecar says of itself once it serves: one event, or for people a few lines and something to try.
/// </summary>
internal static class Announcement
{
    internal static void Write(Log log, SidecarSettings settings, RunningSidecar sidecar)
    {
        var listen = sidecar.Server.EndPoint;
        var upstream = settings.Upstream is null ? $"{sidecar.Upstream} (simulated)" : $"{Text(sidecar.Upstream)}";
        var attempt = $"curl -N {Reachable(listen)}/v1/chat/completions -H 'Content-Type: application/json' "
            + """-d '{"model":"simulated","stream":true,"messages":[{"role":"user","content":"Hello"}]}'""";
        if (settings.LogFormat == LogFormat.Text && log.IsEnabled(LogLevel.Info))
        {
            Console.WriteLine($"""
                sidecar listens on       {(listen is IPEndPoint ? Reachable(listen) : Text(listen))}
                and proxies to           {upstream}
                health, metrics, queue   {Reachable(sidecar.AdminEndPoint)}

                Try it:
                  {attempt}

                """);
            return;
        }
        log.Info("started", ("listen", Text(listen)), ("admin", $"{sidecar.AdminEndPoint}"), ("upstream", upstream),
            ("try", attempt));
    }

    private static string Text(EndPoint endPoint) => endPoint switch
    {
        UnixDomainSocketEndPoint unix => $"unix:{unix}",
        DnsEndPoint name => $"{name.Host}:{name.Port}",
        _ => $"{endPoint}",
    };

    /// <summary>How curl is told to reach it on this machine.</summary>
    private static string Reachable(EndPoint endPoint) => endPoint switch
    {
        UnixDomainSocketEndPoint => $"--unix-socket {endPoint} http://localhost",
        IPEndPoint { Address: var address, Port: var port } when IsAny(address) => $"http://127.0.0.1:{port}",
        _ => $"http://{endPoint}",
    };

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
