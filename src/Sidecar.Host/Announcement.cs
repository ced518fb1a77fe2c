using System.Buffers;
using System.Globalization;
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
    /// <summary>What a shell takes as it stands.</summary>
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:-");

    internal static void Write(Log log, SidecarSettings settings, RunningSidecar sidecar)
    {
        var listen = sidecar.Server.EndPoint;
        var upstream = settings.Upstream is null ? $"{sidecar.Upstream} (simulated)" : Text(sidecar.Upstream);
        // What another model server calls its model is not known.
        var model = settings.Upstream is null ? "simulated" : "...";
        if (log.TrySay(ForPeople(listen, settings.CertificateFile is not null, upstream, sidecar.AdminEndPoint, model)))
            return;
        log.Info("started", ("version", HelpText.Version), ("listen", Text(listen)),
            ("admin", Text(sidecar.AdminEndPoint)), ("upstream", upstream),
            ("limit", settings.LimitBounds is null ? Number(settings.Gate.Limit) : "auto"),
            ("threads", Number(settings.Threads)));
    }

    private static string ForPeople(EndPoint listen, bool isTls, string upstream, EndPoint admin, string model)
    {
        // Nobody but its maker vouches for a certificate that was made for a first look.
        var trust = isTls ? " -k" : "";
        return $"""
            sidecar listens on       {(listen is IPEndPoint ? Url(listen, isTls) : Text(listen))}
            and proxies to           {upstream}
            health, metrics, queue   {(admin is IPEndPoint ? Url(admin, isTls: false) : Text(admin))}

            Try it:
              curl -N{trust} {Target(listen, isTls)} -H 'Content-Type: application/json' {Example(model)}

            """;
    }

    private static string Example(string model) =>
        $$"""-d '{"model":"{{model}}","stream":true,"messages":[{"role":"user","content":"Hello"}]}'""";

    /// <summary>How curl is told where to go.</summary>
    private static string Target(EndPoint listen, bool isTls)
    {
        const string path = "/v1/chat/completions";
        return listen is UnixDomainSocketEndPoint
            ? $"--unix-socket {Quoted($"{listen}")} http://localhost{path}"
            : Quoted(Url(listen, isTls) + path);
    }

    /// <summary>How it is reached from this machine.</summary>
    private static string Url(EndPoint endPoint, bool isTls)
    {
        var isAny = endPoint is IPEndPoint { Address: var address }
            && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
        var reachable = isAny ? new IPEndPoint(IPAddress.Loopback, ((IPEndPoint)endPoint).Port) : endPoint;
        return $"{(isTls ? "https" : "http")}://{reachable}";
    }

    private static string Quoted(string text) =>
        text.AsSpan().ContainsAnyExcept(Plain) ? $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'" : text;

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(EndPoint endPoint) => endPoint switch
    {
        UnixDomainSocketEndPoint unix => $"unix:{unix}",
        DnsEndPoint name => $"{name.Host}:{name.Port}",
        _ => $"{endPoint}",
    };
}
