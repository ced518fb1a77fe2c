using Sidecar.Transport;

namespace Sidecar.Upstream;

/// <summary>One connection to the model server, used for one request at a time, on one reactor's thread.</summary>
internal sealed class UpstreamConnection(SocketChannel channel)
{
    public SocketChannel Channel { get; } = channel;

    /// <summary>Requests that were sent on the connection, the present one included.</summary>
    public int UseCount { get; internal set; }

    /// <summary>When the connection was put back into the pool.</summary>
    public long RestsSinceTicks { get; internal set; }

    /// <summary>How long the connection had rested when it was last taken out; 0 for a new one.</summary>
    public long RestedTicks { get; internal set; }

    /// <summary>When the model server will close it by its last Keep-Alive field; never where it had none.</summary>
    public long ClosesAtTicks { get; internal set; } = long.MaxValue;

    /// <summary>Until when the connection is only watched: the model server might be about to close it.</summary>
    internal long ProbationEndsTicks { get; set; }

    /// <summary>Whether another request may be sent: open, silent and not announced to end. Bytes that wait unread were
    /// announced by no response and must never be taken for the next one's.</summary>
    internal bool IsUsable(long nowTicks) =>
        Channel is { IsOpen: true, PeerClosed: false } && Channel.CheckSilent() && nowTicks < ClosesAtTicks;
}
