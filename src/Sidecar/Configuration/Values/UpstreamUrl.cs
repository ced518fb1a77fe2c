using System.Net;

namespace Sidecar.Configuration.Values;

/// <summary>The model server, as <c>SIDECAR_UPSTREAM</c> names it. Pure.</summary>
/// <param name="EndPoint">Null: the simulated model server, which has no address yet.</param>
/// <param name="TlsHost">The name or address in https://; null where that is not the scheme.</param>
public sealed record UpstreamUrl(EndPoint? EndPoint, string? TlsHost)
{
    private const string Https = "https://", Simulated = "simulated";

    internal static ValueKind<UpstreamUrl> Kind { get; } = new(
        "host:port, http://host:port, https://host:port, unix:/path, or simulated; a port is 1 to 65535", Read);

    private static string? Read(SettingText given, out UpstreamUrl url)
    {
        url = new UpstreamUrl(null, null);
        if (given.Is(Simulated)) return null;
        if (given.Text.Length == 0)
        {
            return "not set: give the model server's address, such as 127.0.0.1:8001, "
                + "or 'simulated' for the embedded simulated one";
        }
        var fault = UnixSocketPath.IsMeant(given.Text)
            ? UnixSocketPath.Read(given.Text, out var endPoint)
            : ReadHost(given.Text, out endPoint);
        url = new UpstreamUrl(endPoint, TlsHostOf(given.Text));
        return fault;
    }

    private static string? TlsHostOf(string text) => text.StartsWith(Https, StringComparison.OrdinalIgnoreCase)
        ? text[Https.Length..Math.Max(Https.Length, text.LastIndexOf(':'))].Trim('[', ']')
        : null;

    private static string? ReadHost(string text, out EndPoint? endPoint)
    {
        foreach (var scheme in (string[])["http://", Https])
        {
            if (text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) text = text[scheme.Length..].TrimEnd('/');
        }
        endPoint = null;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text[(colon + 1)..], out var port) || port == 0)
            return ValueKinds.NotAccepted;
        var host = text[..colon].Trim('[', ']');
        endPoint = IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port)
            : Uri.CheckHostName(host) == UriHostNameType.Dns ? new DnsEndPoint(host, port)
            : null;
        return endPoint is null ? ValueKinds.NotAccepted : null;
    }
}
