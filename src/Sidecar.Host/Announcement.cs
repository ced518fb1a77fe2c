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
        var attempt = $"curl -N http://{Reachable(listen)}/v1/chat/completions -H 'Content-Type: application/json' "
            + """-d '{"model":"simulated","stream":true,"messages":[{"role":"user","content":"Hello"}]}'""";
        if (settings.LogFormat == LogFormat.Text && log.IsEnabled(LogLevel.Info))
        {
            Console.WriteLine($"""
                sidecar listens on       http://{Reachable(listen)}
                and proxies to           {upstream}
                health, metrics, queue   http://{Reachable(sidecar.AdminEndPoint)}

                Try it:
                  {attempt}

                """);
            return;
        }
        log.Info("started", ("listen", $"{listen}"), ("admin", $"{sidecar.AdminEndPoint}"), ("upstream", upstream),
            ("try", attempt));
    }

    private static string Text(EndPoint endPoint) => endPoint switch
    {
        UnixDomainSocketEndPoint unix => $"unix:{unix}",
        DnsEndPoint name => $"{name.Host}:{name.Port}",
        _ => $"{endPoint}",
    };

    /// <summary>Where somebody on this machine reaches it.</summary>
    private static string Reachable(IPEndPoint endPoint) =>
        endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any)
            ? $"127.0.0.1:{endPoint.Port}"
            : $"{endPoint}";
}
