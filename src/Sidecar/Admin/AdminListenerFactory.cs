using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Sidecar.Admin;

/// <summary>Kestrel's own sockets, with each connection counted as it is accepted.</summary>
/// <param name="connections">Shared by all listeners.</param>
/// <param name="admin">The address that was set.</param>
internal sealed class AdminListenerFactory(AdminConnections connections, IPEndPoint admin) : IConnectionListenerFactory
{
    private readonly SocketTransportFactory _sockets = new(
        Options.Create(AdminLimits.Transport()), NullLoggerFactory.Instance);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken)
    {
        try
        {
            return new AdminListener(await _sockets.BindAsync(endpoint, cancellationToken), connections);
        }
        catch (AddressInUseException inUse) when (!endpoint.Equals(admin))
        {
            throw new IOException(
                $"{endpoint} is in use by another process, and the admin port, SIDECAR_ADMIN={admin}, listens there "
                + "too: 'sidecar drain' comes by it", inUse);
        }
    }
}
