using System.Net;
using Sidecar.Downstream;
using Sidecar.Http;
using Sidecar.Transport;
using Sidecar.Upstream;

namespace Sidecar.Proxy;

/// <summary>
/// What the connections of one reactor share: its pools, its scratch space, its list of connections. Used on the
/// reactor's thread, but for <see cref="ConnectionCount"/> and <see cref="Assign"/>.
/// </summary>
internal sealed class ProxyWorker
{
    private readonly HashSet<DownstreamConnection> _connections = [];
    private readonly IdleConnections _idle = new();
    private readonly int _connectionLimit;
    private int _connectionCount;
    private int _exchangeCount;

    internal ProxyWorker(ProxyServices services, Reactor reactor, UpstreamPool upstream, int connectionLimit)
    {
        (Services, Reactor, Upstream, _connectionLimit) = (services, reactor, upstream, connectionLimit);
        var options = services.Options;
        HeadParser = new RequestHeadParser(new RequestHeadOptions
        {
            HeadLimitBytes = options.HeadLimitBytes,
            ContextFieldName = options.ContextFieldName,
            MarkedPaths = options.BypassPaths,
            Pseudonym = options.Pseudonym,
        });
        ResponseHeadParser = new ResponseHeadParser(options.HeadLimitBytes);
        (RequestHead, ResponseFields) = (new RequestHead(), new FieldLines());
        var growthBytes = Math.Max(RequestHeadWriter.GrowthBytesMax, ResponseHeadWriter.GrowthBytesMax);
        Scratch = new byte[options.HeadLimitBytes + growthBytes];
    }

    internal ProxyServices Services { get; }

    internal Reactor Reactor { get; }

    internal UpstreamPool Upstream { get; }

    internal BufferPool Buffers { get; } = new();

    internal RequestHeadParser HeadParser { get; }

    internal ResponseHeadParser ResponseHeadParser { get; }

    /// <summary>Of whichever connection has just read one: used up before its step returns.</summary>
    internal RequestHead RequestHead { get; }

    /// <summary>Of the response head that was just read: written anew before the step returns.</summary>
    internal FieldLines ResponseFields { get; }

    /// <summary>Room for one rewritten head or one own answer; valid until the step that filled it returns.</summary>
    internal byte[] Scratch { get; }

    /// <summary>Connections that this worker has or was promised; from any thread.</summary>
    internal int ConnectionCount => Volatile.Read(ref _connectionCount);

    /// <summary>Requests from their complete head to their end; from any thread.</summary>
    internal int ExchangeCount => Volatile.Read(ref _exchangeCount);

    /// <summary>Hands an accepted connection to this worker; from any thread.</summary>
    internal void Assign(int descriptor, IPAddress? address)
    {
        Interlocked.Increment(ref _connectionCount);
        Reactor.Post(new AcceptedConnection(this, descriptor, address));
    }

    internal void Open(int descriptor, IPAddress? address)
    {
        if (_connections.Count >= _connectionLimit && !TryCloseLongestIdle())
        {
            Refuse(descriptor);
            return;
        }
        try
        {
            var connection = new DownstreamConnection(this, descriptor, address);
            _connections.Add(connection);
            connection.Start();
        }
        catch (IOException failure)
        {
            Interlocked.Decrement(ref _connectionCount);
            Services.Log.Error("connection-not-watched", failure);
        }
    }

    /// <summary>The connection waits for a request, or for the rest of its head.</summary>
    internal void OnIdle(DownstreamConnection connection) => _idle.Add(connection);

    internal void OnBusy(DownstreamConnection connection) => _idle.Remove(connection);

    internal void OnClosed(DownstreamConnection connection)
    {
        _idle.Remove(connection);
        if (_connections.Remove(connection)) Interlocked.Decrement(ref _connectionCount);
    }

    internal void OnExchangeBegun() => Volatile.Write(ref _exchangeCount, _exchangeCount + 1);

    internal void OnExchangeEnded() => Volatile.Write(ref _exchangeCount, _exchangeCount - 1);

    /// <summary>Has every connection look again, because the sidecar's own state has changed.</summary>
    internal void PulseAll()
    {
        foreach (var connection in _connections) connection.Pulse();
    }

    /// <summary>Breaks off what is still under way at the end of a drain.</summary>
    internal void CutAll()
    {
        foreach (var connection in _connections) connection.Cut();
    }

    private bool TryCloseLongestIdle()
    {
        if (_idle.Longest is not { } longest) return false;
        longest.CloseIdle();
        return true;
    }

    /// <summary>Work that was begun is not thrown away for a new connection.</summary>
    private void Refuse(int descriptor)
    {
        Libc.Close(descriptor);
        Interlocked.Decrement(ref _connectionCount);
        Services.Instruments.ConnectionsRefused.Add();
    }
}
