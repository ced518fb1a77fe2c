using System.Net;
using Microsoft.AspNetCore.Http;

namespace Sidecar.Admin;

/// <summary>
/// Who may change the sidecar's state: the pod itself. A web page in a browser on the node could reach the port as
/// well, by a form (it sends Origin) or by a name that it rebinds to loopback (its Host is that name), hence all three.
/// </summary>
internal static class LoopbackOnly
{
    internal static bool Allows(HttpContext context)
    {
        var remote = context.Connection.RemoteIpAddress;
        if (remote is null || !IPAddress.IsLoopback(remote)) return false;
        if (context.Request.Headers.Origin.Count > 0) return false;
        var host = context.Request.Host.Host;
        if (host == "localhost") return true;
        return IPAddress.TryParse(host.Trim('[', ']'), out var named) && IPAddress.IsLoopback(named);
    }
}
