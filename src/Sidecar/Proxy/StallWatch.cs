using Sidecar.Proxy.Server;
using Sidecar.Transport;

namespace Sidecar.Proxy;

/// <summary>
/// Tells a client that reads slowly from one that has stopped. Between two sends that the kernel takes, a slow client
/// may read for minutes, so it is the client's acknowledgements that count: bytes that leave the send queue.
/// </summary>
/// <remarks>
/// The queue is looked at when a send is blocked, and then <see cref="LooksPerStall"/> times in the span that a client
/// may stall; what was still on its way at the first look makes the end late by one part of it. One reactor's thread.
/// </remarks>
internal sealed class StallWatch(ProxyWorker worker, SocketChannel client, Signal signal)
{
    private const int LooksPerStall = 8;

    private readonly long _stallTicks = worker.Services.Options.ClientStallTicks;
    private long _sinceTicks;
    private int _unsentBytes;

    /// <summary>A send is blocked: sets the signal's deadline to the next look.</summary>
    internal void Begin()
    {
        (_sinceTicks, _unsentBytes) = (worker.Reactor.NowTicks, client.UnacknowledgedBytes);
        signal.DeadlineTicks = _sinceTicks + _stallTicks / LooksPerStall;
    }

    /// <summary>At that time: sets the next one, or is false when the client has taken nothing for too long.</summary>
    internal bool TryExtend()
    {
        var now = worker.Reactor.NowTicks;
        var unsent = client.UnacknowledgedBytes;
        if (unsent < _unsentBytes) (_sinceTicks, _unsentBytes) = (now, unsent);
        var end = _sinceTicks + _stallTicks;
        signal.DeadlineTicks = Math.Min(now + _stallTicks / LooksPerStall, end);
        return now < end;
    }
}
