using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Sidecar.Tests.Proxy;

namespace Sidecar.IntegrationTests.Harness;

/// <summary>
/// A model server that is healthy, and whose every other answer the test decides: the first request of each connection
/// is an
/// event, later ones are read from the connection.
/// </summary>
internal sealed class ScriptedUpstream : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<(TestPeer Peer, string Request)> _arrivals =
        Channel.CreateUnbounded<(TestPeer, string)>();
    private readonly List<TestPeer> _accepted = [];
    private TcpListener _listener = new(IPAddress.Loopback, 0);

    internal ScriptedUpstream()
    {
        _listener.Start(4096);
        EndPoint = (IPEndPoint)_listener.LocalEndpoint;
        _ = AcceptAsync(_listener);
    }

    internal IPEndPoint EndPoint { get; }

    internal async Task<(TestPeer Peer, string Request)> NextAsync() =>
        await _arrivals.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>Refuses connections from now on, and resets those that there are.</summary>
    internal void Die()
    {
        _listener.Stop();
        lock (_accepted)
        {
            foreach (var peer in _accepted) peer.Reset();
            _accepted.Clear();
        }
    }

    internal void Revive()
    {
        _listener = new TcpListener(EndPoint);
        _listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Start(4096);
        _ = AcceptAsync(_listener);
    }

    public void Dispose()
    {
        _listener.Dispose();
        lock (_accepted)
        {
            foreach (var peer in _accepted) peer.Dispose();
        }
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync();
                socket.NoDelay = true;
                var peer = new TestPeer(socket);
                lock (_accepted) _accepted.Add(peer);
                _ = WelcomeAsync(peer);
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            // Nobody is accepted any more.
        }
    }

    private async Task WelcomeAsync(TestPeer peer)
    {
        try
        {
            var request = await peer.ReadMessageAsync();
            while (request.StartsWith("GET /health ", StringComparison.Ordinal))
            {
                await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                request = await peer.ReadMessageAsync();
            }
            _arrivals.Writer.TryWrite((peer, request));
        }
        catch (Exception left) when (left is IOException or SocketException or ObjectDisposedException)
        {
            // It was opened and not used, or the test is over.
        }
    }
}
