using System.Net;
using Sidecar.Proxy.Line;
using Sidecar.Transport;
using Sidecar.Upstream;

namespace Sidecar.Proxy.Server;

/// <summary>Keeps the connections of one reactor, and the order in which they became idle. Used on the reactor's
/// thread, but for what says otherwise.</summary>
internal sealed class ProxyWorker : Mail, IConnectionKeeper
{
    /// <summary>Most candidates that turn out to be busy in one search for an idle connection.</summary>
    private const int BusyPassedMax = 16;

    private readonly HashSet<DownstreamConnection> _connections = [];
    private readonly IdleConnections _idle = new();
    private readonly ReactorServices _services;
    private readonly ConnectionServices _shared;
    private int _connectionCount;
    private int _exchangeCount;

    internal ProxyWorker(ProxyServices services, ConnectionServices shared, Reactor reactor, UpstreamPool upstream) =>
        (_services, _shared) = (new ReactorServices(services, reactor, upstream), shared);

    internal Reactor Reactor => _services.Reactor;

    internal UpstreamPool Upstream => _services.Upstream;

    /// <summary>Connections that this worker has or was promised; from any thread.</summary>
    internal int ConnectionCount => Volatile.Read(ref _connectionCount);

    /// <summary>Since when the longest idle one waits; the largest long where none does. Any thread.</summary>
    internal long LongestIdleSinceTicks => _idle.LongestSinceTicks;

    /// <summary>Requests from their complete head to their end; from any thread.</summary>
    internal int ExchangeCount => Volatile.Read(ref _exchangeCount);

    /// <summary>Hands an accepted connection to this worker; from any thread.</summary>
    internal void Assign(AcceptedConnection connection)
    {
        Interlocked.Increment(ref _connectionCount);
        connection.Worker = this;
        Reactor.Post(connection);
    }

    /// <summary>A connection has closed, or goes to another worker; from any thread.</summary>
    internal void Unassign() => Interlocked.Decrement(ref _connectionCount);

    /// <summary>Has the worker close its longest idle connection to free a descriptor; from any thread.</summary>
    internal void AskForRoom() => Reactor.Post(this);

    protected internal override void Deliver()
    {
        if (TryCloseLongestIdle()) _shared.Places.Free();
        else _shared.Room.Decline();
    }

    /// <summary>Serves a connection that has a place.</summary>
    /// <exception cref="IOException">The kernel watches no further descriptor; this one is closed.</exception>
    internal void Open(int descriptor, IPAddress? address)
    {
        DownstreamConnection connection;
        try
        {
            connection = new DownstreamConnection(_services, this, descriptor, address);
        }
        catch
        {
            // The reactor contains and tells it.
            Unassign();
            _shared.Places.Free();
            _shared.Room.OnClosed();
            throw;
        }
        _connections.Add(connection);
        connection.Start();
    }

    /// <summary>Closes the connection that waits the longest for a request, before anything else of this turn; its
    /// place goes to the caller. One that has just sent something is not idle.</summary>
    internal bool TryCloseLongestIdle()
    {
        var candidate = _idle.Longest;
        for (var passed = 0; candidate is not null && passed < BusyPassedMax; passed++)
        {
            var next = candidate.IdleAfter;
            if (candidate.TryCloseIdle())
            {
                if (_connections.Remove(candidate)) Unassign();
                return true;
            }
            candidate = next;
        }
        return false;
    }

    public void OnIdle(DownstreamConnection connection) => _idle.Add(connection, Reactor.NowTicks);

    public void OnBusy(DownstreamConnection connection) => _idle.Remove(connection);

    public void OnClosed(DownstreamConnection connection)
    {
        _idle.Remove(connection);
        if (_connections.Remove(connection))
        {
            Unassign();
            _shared.Places.Free();
        }
        _shared.Room.OnClosed();
        if (connection.HandshakeFailure is { } reason) _shared.FailedHandshakes.Note(reason);
    }

    public void OnExchangeBegun() => Volatile.Write(ref _exchangeCount, _exchangeCount + 1);

    public void OnExchangeEnded() => Volatile.Write(ref _exchangeCount, _exchangeCount - 1);

    /// <summary>Has every connection look again, because the sidecar's own state has changed.</summary>
    internal void PulseAll()
    {
        foreach (var connection in _connections) connection.Pulse();
    }

    /// <summary>Ends the requests that are still under way when a drain has run out.</summary>
    internal void CutAll()
    {
        foreach (var connection in _connections) connection.Cut();
    }
}
