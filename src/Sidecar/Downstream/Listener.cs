using System.Net;
using System.Net.Sockets;
using Sidecar.Telemetry;
using Sidecar.Transport;
using Sidecar.Transport.Kernel;

namespace Sidecar.Downstream;

/// <summary>Listens for clients and accepts them on one reactor. Binding and closing are for the owner's thread, before
/// the reactor starts and through <see cref="Close"/>; accepting is the reactor's.</summary>
internal sealed class Listener : Mail, IChannelOwner, IReactorDuty
{
    /// <summary>Most accepts in a row; then the connections have their turn.</summary>
    private const int AcceptsPerTurnMax = 64;

    private readonly int _descriptor;
    private readonly IConnectionTaker _taker;
    private readonly Log _log;
    private readonly PacedLog _failures;
    private readonly int _firstReserved = DescriptorLimit.FirstReserved;
    private SocketChannel? _channel;
    private Reactor? _reactor;
    private bool _mayHaveMore;
    private bool _isReserveNear;

    /// <exception cref="IOException">The address is in use or not this machine's.</exception>
    public Listener(EndPoint endPoint, IConnectionTaker taker, Log log)
    {
        (_taker, _log) = (taker, log);
        _failures = new PacedLog(log, LogLevel.Error, "accept-failed");
        _descriptor = ListeningSocket.Open(endPoint, out var bound);
        EndPoint = bound;
    }

    /// <summary>The address that is listened on, with the port that the kernel chose.</summary>
    public EndPoint EndPoint { get; }

    public long NextDueTicks => _mayHaveMore ? 0 : long.MaxValue;

    /// <summary>Begins to accept; on the reactor's thread.</summary>
    public void Start(Reactor reactor)
    {
        _reactor = reactor;
        _channel = reactor.Adopt(_descriptor, this);
        AcceptSome();
    }

    /// <summary>Accepts waiting connections soon, since there may be room for one now; from any thread.</summary>
    public void AcceptSoon() => _reactor?.Post(this);

    public void OnChannelEvent(SocketChannel channel) => AcceptSome();

    /// <summary>Continues where a turn ended early, or where descriptors had run out and may be free again.</summary>
    public void OnSweep(long nowTicks)
    {
        if (_mayHaveMore) AcceptSome();
    }

    /// <summary>Refuses new connections from now on; on the reactor's thread. Throws nothing.</summary>
    public void Close()
    {
        if (_channel is null) return;
        // Before the socket: afterwards the file might be that of another process, which has taken it over.
        if (EndPoint is UnixDomainSocketEndPoint) DeleteFile();
        _mayHaveMore = false;
        _channel.Close();
        _channel = null;
    }

    protected internal override void Deliver()
    {
        if (_mayHaveMore) AcceptSome();
    }

    /// <summary>Deletes the socket's file; if it stays, the next process that listens there takes it over.</summary>
    private void DeleteFile()
    {
        try
        {
            File.Delete($"{EndPoint}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _log.Warn("socket-file-left", ("reason", failure.Message));
        }
    }

    private void AcceptSome()
    {
        if (_channel is null) return;
        _mayHaveMore = true;
        for (var i = 0; i < AcceptsPerTurnMax; i++)
        {
            if (_isReserveNear && IsReserveTouched())
            {
                // They wait in the kernel's queue until a connection closes: at once where one is idle.
                _mayHaveMore = Libc.IsReadable(_descriptor);
                if (_mayHaveMore) _taker.MakeRoom(this);
                return;
            }
            var descriptor = ListeningSocket.Accept(_descriptor, out var client);
            if (descriptor >= 0)
            {
                // For good: from here on the lowest that is free may lie among the others, and the next in the reserve.
                if (descriptor >= _firstReserved) _isReserveNear = true;
                _taker.Take(descriptor, client);
                continue;
            }
            switch (Libc.LastError)
            {
                case Libc.WouldBlock:
                    _mayHaveMore = false;
                    return;
                case Libc.ProcessFilesExhausted or Libc.SystemFilesExhausted:
                    _taker.MakeRoom(this);
                    return;
                case Libc.Interrupted or Libc.ConnectionAborted or Libc.ProtocolFault:
                    continue;
                default:
                    // At the next sweep, not at once, or the thread would spin until the machine has recovered.
                    _failures.Write(Libc.Describe(Libc.LastError));
                    return;
            }
        }
        _reactor!.SweepSoon();
    }

    /// <summary>Whether the next descriptor would be one of those that clients leave free.</summary>
    private bool IsReserveTouched()
    {
        var next = Libc.Duplicate(_descriptor);
        if (next < 0) return true;
        Libc.Close(next);
        return next >= _firstReserved;
    }
}
