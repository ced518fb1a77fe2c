using Sidecar.Transport;
using Sidecar.Transport.Kernel;

namespace Sidecar.Proxy.Line;

/// <summary>
/// Discards what a client still sends after its last answer: until 2 s of silence, for 10 s and 64 MiB at most, so that
/// bytes still under way do not make the kernel reset the connection before the client has read that answer (RFC 9112
/// section 9.6). One reactor's thread.
/// </summary>
internal sealed class LingeringReader
{
    private const long SilenceTicksMax = 2 * TimeSpan.TicksPerSecond;
    private const long LingerTicksMax = 10 * TimeSpan.TicksPerSecond;
    private const int DiscardedBytesMax = 64 << 20;

    private readonly SocketChannel _client;
    private readonly Turn _turn;
    private readonly Signal _signal;
    private readonly byte[] _scratch;
    private readonly long _endTicks;
    private int _discardedBytes;

    /// <summary>Ends the sending direction; a client that has nothing more to send then closes.</summary>
    internal LingeringReader(SocketChannel client, Turn turn, Signal signal, byte[] scratch)
    {
        (_client, _turn, _signal, _scratch) = (client, turn, signal, scratch);
        client.EndSending();
        _endTicks = signal.Reactor.NowTicks + LingerTicksMax;
        signal.ExpireAfter(SilenceTicksMax);
    }

    /// <summary>True when the connection may be closed.</summary>
    internal bool Poll()
    {
        if (_signal.IsExpired || !_client.IsOpen) return true;
        while (_turn.TryMove())
        {
            if (!_client.CanReceive) return false;
            if (_client.TryReceive(_scratch, out var count) is IoStatus.Ended or IoStatus.Broken) return true;
            _discardedBytes += count;
            _turn.Charge(count);
            if (_discardedBytes >= DiscardedBytesMax) return true;
            _signal.DeadlineTicks = Math.Min(_endTicks, _signal.Reactor.NowTicks + SilenceTicksMax);
        }
        return false;
    }
}
