namespace Sidecar.Http.Responses;

/// <summary>What <see cref="ResponseHeadWriter"/> is to say of this hop.</summary>
/// <param name="KeepAlive">The downstream connection is to be kept, as far as the response lets it; see
/// <see cref="ResponseHead.CanKeepDownstream"/>.</param>
/// <param name="ClientIsHttp11">The client spoke HTTP/1.1; else 1.0.</param>
/// <param name="QueueWaitTicks">How long the request waited, in ticks of 100 ns, for Server-Timing; -1: it did
/// not.</param>
/// <param name="Upgrade">A 101 whose protocol is about to be relayed: its Upgrade fields stay.</param>
internal readonly record struct ResponseHeadEdits(
    bool KeepAlive, bool ClientIsHttp11, long QueueWaitTicks = -1, bool Upgrade = false);
