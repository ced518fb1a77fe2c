using System.Net;

namespace Sidecar.Configuration;

/// <summary>Puts the health path together with the model server's address. Pure.</summary>
public static class HealthUrl
{
    /// <param name="upstream">Where the connection goes; a Unix socket is asked as localhost.</param>
    /// <param name="tlsHost">The name or address in an https:// upstream, or null.</param>
    /// <param name="path">As <see cref="SidecarSettings.HealthPath"/>.</param>
    public static Uri Of(EndPoint upstream, string? tlsHost, string path)
    {
        var authority = upstream switch
        {
            IPEndPoint ip => $"{new IPEndPoint(WithoutScope(ip.Address), ip.Port)}",
            DnsEndPoint name => $"{name.Host}:{name.Port}",
            _ => "localhost",
        };
        return new Uri($"{(tlsHost is null ? "http" : "https")}://{authority}{path}");
    }

    /// <summary>A zone is this machine's own affair, and no part of a Host field (RFC 6874 section 1).</summary>
    private static IPAddress WithoutScope(IPAddress address) => address.IsIPv6LinkLocal && address.ScopeId != 0
        ? new IPAddress(address.GetAddressBytes())
        : address;
}
