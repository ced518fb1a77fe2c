using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Sidecar.Tests.Proxy;

namespace Sidecar.IntegrationTests.Harness;

/// <summary>
/// A model server that is healthy, and whose every other answer the test decides: each request is an event.
/// </summary>
internal sealed class ScriptedUpstream : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<Arrival> _arrivals = Channel.CreateUnbounded<Arrival>();
    private readonly List<TestPeer> _accepted = [];
    private TcpListener _listener = new(IPAddress.Loopback, 0);

    internal ScriptedUpstream()
    {
        _listener.Start(4096);
        EndPoint = (IPEndPoint)_listener.LocalEndpoint;
        _ = AcceptAsync(_listener);
    }

    internal IPEndPoint EndPoint { get; }

    /// <summary>The next request, on whichever connection: each of the sidecar's threads has its own.</summary>
    internal async Task<Arrival> NextAsync() =>
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
                _ = ReadAsync(peer);
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            // Nobody is accepted any more.
        }
    }

    private async Task ReadAsync(TestPeer peer)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            while (true)
            {
                var request = await peer.ReadMessageAsync();
                if (request.StartsWith("GET /health ", StringComparison.Ordinal))
                    await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                else _arrivals.Writer.TryWrite(new Arrival(peer, request, closed.Task));
            }
        }
        catch (Exception left) when (left is IOException or SocketException or ObjectDisposedException)
        {
            closed.SetResult();
        }
    }
}
