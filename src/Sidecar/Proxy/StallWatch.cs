using Sidecar.Transport;

namespace Sidecar.Proxy;

/// <summary>
/// Tells a client that reads slowly from one that has stopped. Between two sends that the kernel takes, a slow client
/// may read for minutes, so it is the client's acknowledgements that count: bytes that leave the send queue.
/// </summary>
/// <remarks>
/// The queue is looked at when a send is blocked, and then <see cref="LooksPerStall"/> times in the span that a client
/// may stall; what was still on its way at the first look makes the end late by one part of it. A mutable struct of one
/// connection, on its reactor's thread.
/// </remarks>
internal struct StallWatch
{
    private const int LooksPerStall = 8;

    private long _sinceTicks;
    private int _unsentBytes;

    /// <summary>A send is blocked: when to look again.</summary>
    internal long Begin(SocketChannel client, long nowTicks, long stallTicks)
    {
        (_sinceTicks, _unsentBytes) = (nowTicks, client.UnacknowledgedBytes);
        return nowTicks + stallTicks / LooksPerStall;
    }

    /// <summary>At that time: true, and when to look again, unless the client has taken nothing for too long.</summary>
    internal bool TryExtend(SocketChannel client, long nowTicks, long stallTicks, out long deadlineTicks)
    {
        var unsent = client.UnacknowledgedBytes;
        if (unsent < _unsentBytes) (_sinceTicks, _unsentBytes) = (nowTicks, unsent);
        var endTicks = _sinceTicks + stallTicks;
        deadlineTicks = Math.Min(nowTicks + stallTicks / LooksPerStall, endTicks);
        return nowTicks < endTicks;
    }
}
