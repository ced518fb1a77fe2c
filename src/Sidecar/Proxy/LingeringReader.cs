using Sidecar.Transport;

namespace Sidecar.Proxy;

/// <summary>
/// Discards what a client still sends after its last answer, for 2 s and 1 MiB at most. One reactor's thread.
/// </summary>
internal sealed class LingeringReader
{
    private const long LingerTicks = 2 * TimeSpan.TicksPerSecond;
    private const int DiscardedBytesMax = 1 << 20;

    private readonly ProxyWorker _worker;
    private readonly SocketChannel _client;
    private readonly Signal _signal;
    private int _discardedBytes;

    /// <summary>Ends the sending direction; a client that has nothing more to send then closes.</summary>
    internal LingeringReader(ProxyWorker worker, SocketChannel client, Signal signal)
    {
        (_worker, _client, _signal) = (worker, client, signal);
        client.EndSending();
        signal.DeadlineTicks = worker.Reactor.NowTicks + LingerTicks;
    }

    /// <summary>True when the connection may be closed.</summary>
    internal bool Poll()
    {
        while (_client.CanReceive && _discardedBytes < DiscardedBytesMax)
        {
            if (_client.TryReceive(_worker.Scratch, out var count) is IoStatus.Ended or IoStatus.Broken) return true;
            _discardedBytes += count;
        }
        return _discardedBytes >= DiscardedBytesMax || _signal.IsExpired || !_client.IsOpen;
    }
}
