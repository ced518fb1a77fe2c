using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Sidecar.Admin;

/// <summary>
/// Who may change the sidecar's state: the pod itself, by loopback. Both ends have to be loopback addresses, since a
/// service mesh's proxy in the pod passes on what comes from outside with a loopback address as its source
/// (127.0.0.6), or from and to the pod's own address, and so looks like the pod at one end. Where it speaks HTTP it
/// leaves a field of forwarders. A web page in a browser on the node could reach the port as well, by a form (it sends
/// Origin and Sec-Fetch-Site) or by a name that it rebinds to loopback (its Host is that name).
/// </summary>
internal static class LoopbackOnly
{
    /// <summary>Of forwarders and of web pages.</summary>
    private static readonly string[] RefusedFields =
    [
        HeaderNames.Origin, "Sec-Fetch-Site", HeaderNames.Via, "Forwarded", "X-Forwarded-For", "X-Forwarded-Proto",
    ];

    /// <summary>Why it may not; null where it may.</summary>
    internal static string? FaultOf(HttpContext context)
    {
        var (connection, fields) = (context.Connection, context.Request.Headers);
        if (!IsLoopback(connection.RemoteIpAddress) || !IsLoopback(connection.LocalIpAddress))
            return "it has to come by loopback";
        var refused = Array.Find(RefusedFields, fields.ContainsKey);
        if (refused is not null) return $"refused for its field {refused}, which a proxy or a web page has added";
        return NamesLoopback(context.Request.Host.Host)
            ? null
            : "refused for its field Host, which names neither localhost nor a loopback address";
    }

    private static bool NamesLoopback(string host) =>
        host == "localhost" || IPAddress.TryParse(host.Trim('[', ']'), out var named) && IsLoopback(named);

    private static bool IsLoopback(IPAddress? address) => address is not null && IPAddress.IsLoopback(address);
}
