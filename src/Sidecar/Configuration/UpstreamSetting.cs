using System.Net;
using System.Net.Sockets;

namespace Sidecar.Configuration;

/// <summary>Reads <c>SIDECAR_UPSTREAM</c>.</summary>
public static class UpstreamSetting
{
    public const string Name = "SIDECAR_UPSTREAM";
    internal const string Simulated = "simulated";

    private const string Https = "https://";

    /// <summary>
    /// Null with a fault, and null without one for the simulated model server, which has no address yet.
    /// </summary>
    internal static EndPoint? Read(SettingValues values)
    {
        var text = values.Text(Name);
        if (text.Length == 0)
        {
            values.Fault(Name, "not set: give the model server's address, such as 127.0.0.1:8001, "
                + "or 'simulated' for the embedded simulated one");
            return null;
        }
        if (values.Is(Name, Simulated)) return null;
        string? fault = null;
        var found = UnixSocketPath.IsMeant(text) ? UnixSocketPath.Read(text, out fault) : Host(text);
        if (found is null) values.Fault(Name, fault);
        return found;
    }

    /// <summary>The host in <c>https://host:port</c>; null for anything else.</summary>
    internal static string? TlsHost(string text)
    {
        if (!text.StartsWith(Https, StringComparison.OrdinalIgnoreCase)) return null;
        var colon = text.LastIndexOf(':');
        return text[Https.Length..Math.Max(Https.Length, colon)].Trim('[', ']');
    }

    /// <summary>A model server at the address at which the sidecar itself listens would make it call itself.</summary>
    internal static bool IsOwn(EndPoint upstream, EndPoint listen) => (upstream, listen) switch
    {
        (UnixDomainSocketEndPoint, UnixDomainSocketEndPoint) => $"{upstream}" == $"{listen}",
        (_, not IPEndPoint { Port: not 0 }) => false,
        (IPEndPoint there, IPEndPoint here) => OwnListener.FaultOf([there.Serialize()], here, here) is not null,
        (DnsEndPoint there, IPEndPoint here) => there.Port == here.Port && there.Host == "localhost",
        _ => false,
    };

    private static EndPoint? Host(string text)
    {
        foreach (var scheme in (string[])["http://", Https])
        {
            if (text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) text = text[scheme.Length..].TrimEnd('/');
        }
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text[(colon + 1)..], out var port) || port == 0) return null;
        var host = text[..colon].Trim('[', ']');
        if (IPAddress.TryParse(host, out var address)) return new IPEndPoint(address, port);
        return Uri.CheckHostName(host) == UriHostNameType.Dns ? new DnsEndPoint(host, port) : null;
    }
}
