using System.Net;

namespace Sidecar.Upstream;

/// <summary>Where the model server is and how its connections are treated.</summary>
/// <param name="EndPoint">An address, a DNS name or a Unix socket.</param>
/// <param name="ConnectTimeoutTicks">Longest time for one connect.</param>
/// <param name="IdleTicks">Longest rest of a pooled connection; below the model server's own bound.</param>
/// <param name="ResponseTimeoutTicks">Longest wait for the first response byte, and between bytes.</param>
/// <param name="Tls">Null: connections are not encrypted.</param>
public sealed record UpstreamOptions(
    EndPoint EndPoint, long ConnectTimeoutTicks, long IdleTicks, long ResponseTimeoutTicks, UpstreamTls? Tls = null);
