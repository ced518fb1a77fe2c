using Sidecar.Records;
using Sidecar.Transport;
using Sidecar.Transport.Buffers;

namespace Sidecar.Proxy.Relay;

/// <summary>Relays another protocol, such as WebSocket, after the model server has switched to it: bytes both ways,
/// until both sides have ended theirs. The request keeps its permit so long. One reactor's thread.</summary>
/// <remarks>After one side has ended, the other has as long as a client may stall for its last bytes. A silent tunnel
/// lasts as long as a silent response.</remarks>
internal sealed class TunnelStep(
    SocketChannel client, ByteBuffer fromClient, ByteBuffer fromUpstream, StallWatch watch, RelayTimeouts timeouts,
    Turn turn, Signal signal)
{
    private readonly TunnelDirection _up = new(fromClient), _down = new(fromUpstream);
    private SocketChannel? _upstream;
    private bool _hasMoved;

    internal Outcome Outcome { get; private set; }

    /// <summary>Begins when the buffers hold only what either side has sent ahead.</summary>
    internal void Begin(SocketChannel upstream)
    {
        (_upstream, _hasMoved, Outcome) = (upstream, false, Outcome.None);
        _up.Begin();
        _down.Begin();
        SetDeadline();
    }

    /// <summary>True when <see cref="Outcome"/> is final.</summary>
    internal bool Poll()
    {
        while (turn.TryMove())
        {
            var moved = _up.Move(client, _upstream!) | _down.Move(_upstream!, client);
            Outcome = Judge();
            if (Outcome != Outcome.None) return true;
            _hasMoved |= moved;
            if (moved) continue;
            if (_hasMoved) SetDeadline();
            _hasMoved = false;
            _up.ReleaseIfEmpty();
            _down.ReleaseIfEmpty();
            if (!signal.IsExpired || (_down.IsPending && watch.TryExtend())) return false;
            Outcome = _down.IsPending || _up.HasEnded ? Outcome.ClientStalled : Outcome.UpstreamTimeout;
            return true;
        }
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
        var isEnding = _up.HasEnded || _down.HasEnded;
        if (_down.IsPending) watch.Begin();
        else signal.ExpireAfter(isEnding ? timeouts.ClientStallTicks : timeouts.ResponseTicks);
    }
}
