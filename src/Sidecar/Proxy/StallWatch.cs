using Sidecar.Transport;

namespace Sidecar.Proxy;

/// <summary>Watches a client that is sent something: looks at the unacknowledged bytes when a send is blocked, and then
/// as often as <see cref="StallRule"/> wants. One reactor's thread.</summary>
internal sealed class StallWatch(SocketChannel client, Signal signal, long stallTicks)
{
    private StallRule _rule = new(stallTicks);

    /// <summary>A send is blocked: sets the signal's deadline to the next look.</summary>
    internal void Begin() =>
        signal.DeadlineTicks = _rule.Begin(signal.Reactor.NowTicks, client.UnacknowledgedBytes);

    /// <summary>At the deadline: sets the next one; false when the client took nothing for too long.</summary>
    internal bool TryExtend()
    {
        var isTaking = _rule.IsTaking(signal.Reactor.NowTicks, client.UnacknowledgedBytes, out var nextLookTicks);
        signal.DeadlineTicks = nextLookTicks;
        return isTaking;
    }
}
