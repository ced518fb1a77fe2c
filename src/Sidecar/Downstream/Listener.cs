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
    private const int Backlog = 4096;

    /// <summary>So many accepts in a row, then the connections have their turn.</summary>
    private const int AcceptsPerTurnMax = 64;

    private readonly int _descriptor;
    private readonly IConnectionTaker _taker;
    private SocketChannel? _channel;
    private Reactor? _reactor;
    private bool _mayHaveMore;

    /// <exception cref="IOException">The address is in use or not this machine's.</exception>
    public Listener(IPEndPoint endPoint, IConnectionTaker taker)
    {
        _taker = taker;
        var address = endPoint.Serialize();
        var family = BitConverter.ToUInt16(address.Buffer.Span);
        const int type = Libc.SocketStream | Libc.NonBlocking | Libc.CloseOnExec;
        _descriptor = Libc.Check(Libc.Socket(family, type, 0), "socket");
        try
        {
            EndPoint = (IPEndPoint)endPoint.Create(Listen(address, endPoint));
        }
        catch
        {
            Libc.Close(_descriptor);
            throw;
        }
    }

    /// <summary>Where it really listens, the port chosen by the kernel included.</summary>
    public IPEndPoint EndPoint { get; }

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
        _channel?.Close();
        _channel = null;
    }

    private unsafe SocketAddress Listen(SocketAddress address, IPEndPoint endPoint)
    {
        Libc.SetOption(_descriptor, Libc.LevelSocket, Libc.OptionReuseAddress, 1);
        if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
            Libc.SetOption(_descriptor, Libc.LevelIpv6, Libc.OptionIpv6Only, 0);
        // Accepted sockets inherit it, which saves a call for each.
        Libc.SetOption(_descriptor, Libc.LevelTcp, Libc.OptionNoDelay, 1);
        var length = address.Size;
        fixed (byte* start = address.Buffer.Span)
        {
            Libc.Check(Libc.Bind(_descriptor, start, length), $"listening on {endPoint}");
            Libc.Check(Libc.Listen(_descriptor, Backlog), $"listening on {endPoint}");
            Libc.Check(Libc.GetName(_descriptor, start, &length), "getsockname");
        }
        return address;
    }

    private unsafe void AcceptSome()
    {
        if (_channel is null) return;
        _mayHaveMore = true;
        for (var i = 0; i < AcceptsPerTurnMax; i++)
        {
            var descriptor =
                Libc.Accept(_descriptor, null, null, Libc.NonBlocking | Libc.CloseOnExec);
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
