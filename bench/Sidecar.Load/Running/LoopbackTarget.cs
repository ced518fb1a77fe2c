using System.Net;
using Sidecar.CommandLine;

namespace Sidecar.Load.Running;

/// <summary>An address that load may be sent to. Only this machine's own loopback: an open-loop generator pointed at
/// somebody's service by a typing error is an attack on it.</summary>
public static class LoopbackTarget
{
    public static Uri Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp)
            throw new UsageException($"'{text}' is not an http:// address");
        var loopback = uri.Host == "localhost"
            || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
        return loopback
            ? uri
            : throw new UsageException($"'{text}' is not loopback; load is sent to this machine only");
    }
}
