using Sidecar.Transport;

namespace Sidecar.Upstream;

/// <summary>One connection to the model server, used for one request at a time, on one reactor's thread.</summary>
internal sealed class UpstreamConnection(SocketChannel channel)
{
    public SocketChannel Channel { get; } = channel;

    /// <summary>Requests that were sent on it, this one included.</summary>
    public int UseCount { get; internal set; }

    /// <summary>When it was put back into the pool.</summary>
    public long RestsSinceTicks { get; internal set; }

    /// <summary>How long it had rested when it was last taken out; 0 for a new one.</summary>
    public long RestedTicks { get; internal set; }

    /// <summary>
    /// When the model server will close it, as its last Keep-Alive field said; never where it said nothing.
    /// </summary>
    public long ClosesAtTicks { get; internal set; } = long.MaxValue;

    /// <summary>Until when it is only watched, because the model server might be about to close it.</summary>
    internal long ProbationEndsTicks { get; set; }

    /// <summary>
    /// Whether another request may be sent: open, silent and not announced to end. Bytes that wait unread were
    /// announced by no response and must never be taken for the next one's.
    /// </summary>
    internal bool IsUsable(long nowTicks) =>
        Channel is { IsOpen: true, PeerClosed: false } && Channel.CheckSilent() && nowTicks < ClosesAtTicks;
}
