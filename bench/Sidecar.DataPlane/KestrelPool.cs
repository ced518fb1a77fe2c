using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Sidecar.DataPlane;

/// <summary>Idle upstream connections on Kestrel's socket transport, last in first out; safe for all threads.</summary>
internal sealed class KestrelPool(IPEndPoint upstream) : IDisposable
{
    private readonly SocketConnectionContextFactory _factory = new(
        new SocketConnectionFactoryOptions
        {
            UnsafePreferInlineScheduling = true,
            IOQueueCount = 0,
            WaitForDataBeforeAllocatingBuffer = false,
        },
        NullLogger.Instance);

    private readonly Stack<ConnectionContext> _idle = [];
    private readonly Lock _lock = new();

    public ConnectionContext? TryRent()
    {
        lock (_lock)
            return _idle.TryPop(out var connection) ? connection : null;
    }

    public async ValueTask<ConnectionContext> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(upstream);
        return _factory.Create(socket);
    }

    public void Return(ConnectionContext connection)
    {
        lock (_lock)
            _idle.Push(connection);
    }

    public void Dispose() => _factory.Dispose();
}
