using System.Buffers;
using System.Net;

namespace Sidecar.Configuration;

/// <summary>Reads <c>SIDECAR_UPSTREAM_HEALTH</c>, and puts it together with the model server's address. Pure.</summary>
public static class HealthUrl
{
    internal const string Name = "SIDECAR_UPSTREAM_HEALTH";
    private const string Connect = "connect";

    /// <summary>Path and query, as RFC 3986 sections 3.3 and 3.4 have them.</summary>
    private static readonly SearchValues<char> PathCharacters = SearchValues.Create(
        "/?:@!$&'()*+,;=-._~%ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

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

    /// <summary>Null for a connection alone, and with a fault.</summary>
    internal static string? ReadPath(SettingValues values)
    {
        var text = values.Text(Name);
        if (values.Is(Name, Connect)) return null;
        if (text.StartsWith('/') && !text.AsSpan().ContainsAnyExcept(PathCharacters)) return text;
        values.Fault(Name);
        return null;
    }

    /// <summary>A zone is this machine's own affair, and no part of a Host field (RFC 6874 section 1).</summary>
    private static IPAddress WithoutScope(IPAddress address) => address.IsIPv6LinkLocal && address.ScopeId != 0
        ? new IPAddress(address.GetAddressBytes())
        : address;
}
