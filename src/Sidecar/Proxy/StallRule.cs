namespace Sidecar.Proxy;

/// <summary>
/// Tells a client that reads slowly from one that has stopped. Between two sends that the kernel takes, a slow client
/// may read for minutes, so it is the client's acknowledgements that count: bytes that leave the send queue.
/// </summary>
/// <remarks>
/// The queue is looked at <see cref="LooksPerStall"/> times in the span that a client may stall; what was still on its
/// way at the first look makes the end late by one part of it. Pure; a mutable struct: keep it in a field.
/// </remarks>
internal struct StallRule(long stallTicks)
{
    internal const int LooksPerStall = 8;

    private long _sinceTicks;
    private int _unacknowledgedBytes;

    /// <summary>Notes that a send is blocked; returns when to look next.</summary>
    internal long Begin(long nowTicks, int unacknowledgedBytes)
    {
        (_sinceTicks, _unacknowledgedBytes) = (nowTicks, unacknowledgedBytes);
        return nowTicks + stallTicks / LooksPerStall;
    }

    /// <summary>Looks: false when the client has taken nothing for too long.</summary>
    internal bool IsTaking(long nowTicks, int unacknowledgedBytes, out long nextLookTicks)
    {
        if (unacknowledgedBytes < _unacknowledgedBytes) Begin(nowTicks, unacknowledgedBytes);
        var endTicks = _sinceTicks + stallTicks;
        nextLookTicks = Math.Min(nowTicks + stallTicks / LooksPerStall, endTicks);
        return nowTicks < endTicks;
    }
}
