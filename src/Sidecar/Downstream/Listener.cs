using System.Net;
using System.Net.Sockets;
using Sidecar.Transport;

namespace Sidecar.Downstream;

/// <summary>
/// Listens for clients and accepts them on one reactor. Binding and closing are for the owner's thread, before the
/// reactor starts and through <see cref="Close"/>; accepting is the reactor's.
/// </summary>
public sealed class Listener : IChannelOwner, IReactorDuty, IDisposable
{
    private const int Backlog = 4096;

    /// <summary>So many accepts in a row, then the connections have their turn.</summary>
    private const int AcceptsPerTurnMax = 64;

    private readonly Socket _socket;
    private readonly IConnectionTaker _taker;
    private SocketChannel? _channel;
    private Reactor? _reactor;
    private bool _mayHaveMore;

    /// <exception cref="SocketException">The address is in use or not this machine's.</exception>
    public Listener(IPEndPoint endPoint, IConnectionTaker taker)
    {
        _taker = taker;
        _socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6) _socket.DualMode = true;
            _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            // Accepted sockets inherit it, which saves a call for each.
            _socket.NoDelay = true;
            _socket.Bind(endPoint);
            _socket.Listen(Backlog);
            Libc.SetNonBlocking((int)_socket.Handle);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
    }

    /// <summary>Where it really listens, the port chosen by the kernel included.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Begins to accept; on the reactor's thread.</summary>
    public void Start(Reactor reactor)
    {
        _reactor = reactor;
        _channel = reactor.Adopt((int)_socket.Handle, this);
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
        _channel = null;
        _socket.Close();
    }

    public void Dispose() => _socket.Dispose();

    private unsafe void AcceptSome()
    {
        if (_channel is null) return;
        _mayHaveMore = true;
        for (var i = 0; i < AcceptsPerTurnMax; i++)
        {
            var descriptor =
                Libc.Accept((int)_socket.Handle, null, null, Libc.NonBlocking | Libc.CloseOnExec);
            if (descriptor >= 0)
            {
                _taker.Take(descriptor);
                continue;
            }
            _mayHaveMore = Libc.LastError != Libc.WouldBlock;
            // Out of descriptors: at the next sweep, not at once, or the thread would spin until one is free.
            if (!_mayHaveMore || Libc.LastError is Libc.ProcessFilesExhausted or Libc.SystemFilesExhausted) return;
        }
        _reactor!.SweepSoon();
    }
}
