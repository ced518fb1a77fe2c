using System.Net;
using System.Net.Sockets;
using Sidecar.Transport;

namespace Sidecar.Downstream;

/// <summary>
/// Listens for clients and accepts them on one reactor. Binding and closing are for the owner's thread, before the
/// reactor starts and through <see cref="Close"/>; accepting is the reactor's.
/// </summary>
public sealed class Listener : IChannelOwner, IReactorDuty
{
    /// <summary>So many accepts in a row, then the connections have their turn.</summary>
    private const int AcceptsPerTurnMax = 64;

    private readonly int _descriptor;
    private readonly IConnectionTaker _taker;
    private readonly int _firstReserved = DescriptorLimit.FirstReserved;
    private SocketChannel? _channel;
    private Reactor? _reactor;
    private bool _mayHaveMore;
    private int _newestDescriptor;

    /// <exception cref="IOException">The address is in use or not this machine's.</exception>
    public Listener(EndPoint endPoint, IConnectionTaker taker)
    {
        _taker = taker;
        _descriptor = ListeningSocket.Open(endPoint, out var bound);
        EndPoint = bound;
    }

    /// <summary>Where it really listens, the port chosen by the kernel included.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>Begins to accept; on the reactor's thread.</summary>
    public void Start(Reactor reactor)
    {
        _reactor = reactor;
        _channel = reactor.Adopt(_descriptor, this);
        AcceptSome();
    }

    public void OnChannelEvent(SocketChannel channel) => AcceptSome();

    /// <summary>Goes on where a turn ended early, or where descriptors had run out and may be free again.</summary>
    public void OnSweep(long nowTicks)
    {
        if (_mayHaveMore) AcceptSome();
    }

    /// <summary>Refuses new connections from now on; on the reactor's thread.</summary>
    public void Close()
    {
        if (_channel is null) return;
        if (EndPoint is UnixDomainSocketEndPoint) File.Delete($"{EndPoint}");
        _channel.Close();
        _channel = null;
    }

    private void AcceptSome()
    {
        if (_channel is null) return;
        _mayHaveMore = true;
        for (var i = 0; i < AcceptsPerTurnMax; i++)
        {
            // At the next sweep again; until then they wait in the kernel's queue.
            if (_newestDescriptor >= _firstReserved && IsReserveTouched()) return;
            var descriptor = ListeningSocket.Accept(_descriptor, out var client);
            if (descriptor >= 0)
            {
                _newestDescriptor = descriptor;
                _taker.Take(descriptor, client);
                continue;
            }
            _mayHaveMore = Libc.LastError != Libc.WouldBlock;
            // Out of descriptors: at the next sweep, not at once, or the thread would spin until one is free.
            if (!_mayHaveMore || Libc.LastError is Libc.ProcessFilesExhausted or Libc.SystemFilesExhausted) return;
        }
        _reactor!.SweepSoon();
    }

    /// <summary>The next descriptor would be one of those that clients leave alone.</summary>
    private bool IsReserveTouched()
    {
        var next = Libc.Duplicate(_descriptor);
        if (next < 0) return true;
        Libc.Close(next);
        _newestDescriptor = next;
        return next >= _firstReserved;
    }
}
