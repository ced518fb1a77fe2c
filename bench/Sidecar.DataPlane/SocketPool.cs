using System.Net;
using System.Net.Sockets;

namespace Sidecar.DataPlane;

/// <summary>Idle upstream connections, last in first out; safe for all threads.</summary>
internal sealed class SocketPool(IPEndPoint upstream)
{
    private readonly Stack<Socket> _idle = [];
    private readonly Lock _lock = new();

    public Socket? TryRent()
    {
        lock (_lock)
            return _idle.TryPop(out var socket) ? socket : null;
    }

    public async ValueTask<Socket> ConnectAsync()
    {
        var socket = SocketRelay.NewSocket();
        await socket.ConnectAsync(upstream);
        return socket;
    }

    public void Return(Socket socket)
    {
        lock (_lock)
            _idle.Push(socket);
    }
}
