using System.Net;
using System.Net.Sockets;

namespace Sidecar.Configuration.Values;

/// <summary>Where to listen.</summary>
internal static class ListenAddress
{
    private const string Form = "ADDRESS:PORT, such as 127.0.0.1:8000 or [::]:8000; port 0 takes a free one";

    internal static ValueKind<IPEndPoint> Ip { get; } = new(Form, Read);

    internal static ValueKind<EndPoint> IpOrUnix { get; } = new($"{Form}; or unix:/path", ReadAny);

    private static string? Read(SettingText given, out IPEndPoint address)
    {
        var text = given.Text;
        if (!given.IsSet && !Socket.OSSupportsIPv6) text = text.Replace("[::]", "0.0.0.0", StringComparison.Ordinal);
        // A bare address would parse too, as port 0.
        var isBracketed = text.Contains(']') || text.Count(c => c == ':') == 1;
        var hasPort = isBracketed && text.LastIndexOf(':') > text.LastIndexOf(']');
        return IPEndPoint.TryParse(text, out address!) && hasPort ? null : ValueKinds.NotAccepted;
    }

    private static string? ReadAny(SettingText given, out EndPoint address)
    {
        if (UnixSocketPath.IsMeant(given.Text))
            return UnixSocketPath.Read(given.Text, out address) ?? UnixSocketPath.FaultOf($"{address}");
        var fault = Read(given, out var ip);
        address = ip;
        return fault;
    }
}
