using System.Net;
using System.Net.Sockets;

namespace Sidecar.Testing;

/// <summary>
/// A server on a free port of loopback whose every byte its user decides: connections are accepted one by one, or each
/// is served by a task. Any thread.
/// </summary>
public sealed class SocketServer : IDisposable
{
    private const int BacklogMax = 4096;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HashSet<TestPeer> _accepted = [];
    private TcpListener _listener = new(IPAddress.Loopback, 0);
    private Func<TestPeer, Task>? _serve;

    public SocketServer(int backlog = BacklogMax)
    {
        _listener.Start(backlog);
        EndPoint = (IPEndPoint)_listener.LocalEndpoint;
    }

    /// <param name="serve">As <see cref="Serve"/> takes it.</param>
    public SocketServer(Func<TestPeer, Task> serve)
        : this() => Serve(serve);

    public IPEndPoint EndPoint { get; }

    /// <summary>A connection is there that nobody has accepted.</summary>
    public bool HasPending => _listener.Pending();

    public async Task<TestPeer> AcceptAsync() => Adopt(await _listener.AcceptSocketAsync().WaitAsync(Patience));

    /// <summary>Each connection from now on is served by a task, which closes it or leaves it to this server.</summary>
    public void Serve(Func<TestPeer, Task> serve)
    {
        _serve = serve;
        _ = AcceptAllAsync(_listener, serve);
    }

    /// <summary>Connects are refused from now on; connections that there are stay.</summary>
    public void StopListening() => _listener.Stop();

    /// <summary>Takes connections again, at the same port; as it did before.</summary>
    public void ListenAgain()
    {
        _listener = new TcpListener(EndPoint);
        _listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Start(BacklogMax);
        if (_serve is not null) Serve(_serve);
    }

    /// <summary>Makes a backlog that was small a wide one.</summary>
    public void Widen() => _listener.Server.Listen(BacklogMax);

    public void ResetAll()
    {
        foreach (var peer in Taken()) peer.Reset();
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var peer in Taken()) peer.Dispose();
    }

    private TestPeer[] Taken()
    {
        lock (_accepted)
        {
            TestPeer[] taken = [.. _accepted];
            _accepted.Clear();
            return taken;
        }
    }

    private TestPeer Adopt(Socket socket)
    {
        socket.NoDelay = true;
        var peer = new TestPeer(socket);
        lock (_accepted) _accepted.Add(peer);
        return peer;
    }

    private async Task AcceptAllAsync(TcpListener listener, Func<TestPeer, Task> serve)
    {
        try
        {
            while (true) _ = ServeAsync(Adopt(await listener.AcceptSocketAsync()), serve);
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            // Nobody is accepted any more.
        }
    }

    private async Task ServeAsync(TestPeer peer, Func<TestPeer, Task> serve)
    {
        try
        {
            await serve(peer);
        }
        catch (Exception left) when (left is IOException or SocketException or ObjectDisposedException)
        {
            // The far side has left, or the server has been disposed.
        }
        // One that was not closed may be needed yet: an answer can follow what was read.
        if (!peer.Socket.SafeHandle.IsClosed) return;
        lock (_accepted) _accepted.Remove(peer);
    }
}
