using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Sidecar.Admin;

/// <summary>
/// Who may change the sidecar's state: the pod itself, by loopback. Both ends have to be loopback addresses, since a
/// service mesh's proxy in the pod passes on what comes from outside with a loopback address as its source
/// (127.0.0.6), or from and to the pod's own address, and so looks like the pod at one end. Where it speaks HTTP it
/// leaves a field of forwarders. A web page in a browser on the node could reach the port as well, by a form (it sends
/// Origin) or by a name that it rebinds to loopback (its Host is that name).
/// </summary>
internal static class LoopbackOnly
{
    private static readonly string[] FieldsOfForwarders =
        [HeaderNames.Via, "Forwarded", "X-Forwarded-For", "X-Forwarded-Proto"];

    internal static bool Allows(HttpContext context)
    {
        var (connection, fields) = (context.Connection, context.Request.Headers);
        if (!IsLoopback(connection.RemoteIpAddress) || !IsLoopback(connection.LocalIpAddress)) return false;
        if (fields.Origin.Count > 0 || FieldsOfForwarders.Any(fields.ContainsKey)) return false;
        var host = context.Request.Host.Host;
        return host == "localhost" || IPAddress.TryParse(host.Trim('[', ']'), out var named) && IsLoopback(named);
    }

    private static bool IsLoopback(IPAddress? address) => address is not null && IPAddress.IsLoopback(address);
}
