using System.Net;
using System.Net.Sockets;

namespace Sidecar.Testing;

/// <summary>A port of loopback that nobody listens on in this moment, for programs that cannot take one.</summary>
public static class FreePort
{
    public static IPEndPoint Take()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }
}
