namespace Sidecar.Http.Responses;

/// <summary>What <see cref="ResponseHeadWriter"/> tells of this hop.</summary>
/// <param name="KeepAlive">The client's connection is to be kept, as far as the response lets it; see
/// <see cref="ResponseHead.CanKeepDownstream"/>.</param>
/// <param name="ClientIsHttp11">True: the client spoke HTTP/1.1; false: HTTP/1.0.</param>
/// <param name="QueueWaitTicks">The request's wait for Server-Timing, in ticks of 100 ns; -1: it did not wait.</param>
/// <param name="Upgrade">A 101 is about to be relayed as a tunnel: its Upgrade fields stay.</param>
internal readonly record struct ResponseHeadEdits(
    bool KeepAlive, bool ClientIsHttp11, long QueueWaitTicks = -1, bool Upgrade = false);
