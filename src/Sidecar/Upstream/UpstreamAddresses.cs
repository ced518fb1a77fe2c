using System.Net;
using System.Net.Sockets;

namespace Sidecar.Upstream;

/// <summary>The model server's addresses for the kernel. Resolved off the reactors; read from any thread.</summary>
public sealed class UpstreamAddresses(EndPoint endPoint)
{
    private volatile SocketAddress[] _all = [];

    public EndPoint EndPoint { get; } = endPoint;

    /// <summary>In the resolver's order; never empty once <see cref="ResolveAsync"/> has succeeded.</summary>
    public IReadOnlyList<SocketAddress> All => _all;

    /// <summary>Asks the resolver where the end point is a name. A failure leaves the addresses as they were.</summary>
    /// <exception cref="SocketException">The name is not known.</exception>
    public async Task ResolveAsync(CancellationToken cancellation)
    {
        if (EndPoint is not DnsEndPoint name)
        {
            _all = [EndPoint.Serialize()];
            return;
        }
        var found = await Dns.GetHostAddressesAsync(name.Host, cancellation);
        _all = [.. found.Select(address => new IPEndPoint(address, name.Port).Serialize())];
    }
}
