using System.Net;
using System.Net.Sockets;

namespace Sidecar.Tests.Proxy;

/// <summary>A model server whose every byte the test decides.</summary>
internal sealed class TestUpstream : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<TestPeer> _accepted = [];
    private TcpListener _listener = new(IPAddress.Loopback, 0);

    internal TestUpstream()
    {
        _listener.Start(1024);
        EndPoint = (IPEndPoint)_listener.LocalEndpoint;
    }

    internal IPEndPoint EndPoint { get; }

    internal async Task<TestPeer> AcceptAsync()
    {
        var socket = await _listener.AcceptSocketAsync().WaitAsync(Patience);
        socket.NoDelay = true;
        var peer = new TestPeer(socket);
        _accepted.Add(peer);
        return peer;
    }

    internal bool HasPending => _listener.Pending();

    /// <summary>Connects are refused from now on.</summary>
    internal void StopListening() => _listener.Stop();

    internal void ListenAgain()
    {
        _listener = new TcpListener(EndPoint);
        _listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Start(1024);
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var peer in _accepted) peer.Dispose();
    }
}
