using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Sidecar.Admin;

/// <summary>
/// Makes room before a connection is served rather than after: where Kestrel's own limit refuses the newest, the bound
/// of <see cref="AdminConnections"/> costs the one that has been silent the longest.
/// </summary>
internal sealed class AdminListener(IConnectionListener sockets, AdminConnections connections) : IConnectionListener
{
    public EndPoint EndPoint => sockets.EndPoint;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        var connection = await sockets.AcceptAsync(cancellationToken);
        if (connection is not null) connections.Add(connection, DescriptorOf(connection));
        return connection;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) =>
        sockets.UnbindAsync(cancellationToken);

    public ValueTask DisposeAsync() => sockets.DisposeAsync();

    private static long DescriptorOf(ConnectionContext connection) =>
        connection.Features.Get<IConnectionSocketFeature>() is { Socket.SafeHandle: var handle }
            ? handle.DangerousGetHandle()
            : -1;
}
