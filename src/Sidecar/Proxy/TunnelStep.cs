using Sidecar.Telemetry;
using Sidecar.Transport;

namespace Sidecar.Proxy;

/// <summary>
/// Relays another protocol, such as WebSocket, after the model server has switched to it: bytes both ways, until both
/// sides have ended theirs. The request keeps its permit so long. One reactor's thread.
/// </summary>
/// <remarks>
/// Where one side has ended, the other may say its last for as long as a client may stall. A silent tunnel lasts as
/// long as a silent response.
/// </remarks>
internal sealed class TunnelStep(
    ProxyWorker worker, SocketChannel client, ByteBuffer fromClient, ByteBuffer fromUpstream, StallWatch reader,
    Signal signal)
{
    /// <summary>As a relay: so much in a turn, then the other connections have theirs.</summary>
    private const int MovesPerTurnMax = 32;

    private readonly TunnelFlow _up = new(fromClient), _down = new(fromUpstream);
    private SocketChannel? _upstream;

    internal Outcome Outcome { get; private set; }

    /// <summary>What either side has sent ahead lies in the buffers, and nothing else does.</summary>
    internal void Begin(SocketChannel upstream)
    {
        (_upstream, Outcome) = (upstream, Outcome.None);
        _up.Begin();
        _down.Begin();
        SetDeadline();
    }

    /// <summary>True when <see cref="Outcome"/> is final.</summary>
    internal bool Poll()
    {
        for (var moves = 0; moves < MovesPerTurnMax; moves++)
        {
            var moved = _up.Move(client, _upstream!) | _down.Move(_upstream!, client);
            Outcome = Judge();
            if (Outcome != Outcome.None) return true;
            if (moved) continue;
            if (moves > 0) SetDeadline();
            _up.Rest();
            _down.Rest();
            if (!signal.IsExpired || (_down.IsPending && reader.TryExtend())) return false;
            Outcome = _down.IsPending || _up.HasEnded ? Outcome.ClientStalled : Outcome.UpstreamTimeout;
            return true;
        }
        signal.Pulse();
        return false;
    }

    private Outcome Judge()
    {
        if (_up.HasEnded && _down.HasEnded) return Outcome.Completed;
        if (_up.IsSourceBroken || _down.IsTargetBroken) return Outcome.ClientLeftRunning;
        return _down.IsSourceBroken || _up.IsTargetBroken ? Outcome.UpstreamBroken : Outcome.None;
    }

    private void SetDeadline()
    {
        if (_down.IsPending)
        {
            reader.Begin();
            return;
        }
        signal.DeadlineTicks = worker.Reactor.NowTicks + (_up.HasEnded || _down.HasEnded
            ? worker.Services.Options.ClientStallTicks
            : worker.Upstream.Options.ResponseTimeoutTicks);
    }
}
