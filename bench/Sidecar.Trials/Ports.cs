using System.Net;
using System.Net.Sockets;

namespace Sidecar.Trials;

/// <summary>Ports for processes that cannot choose one themselves, or have to keep theirs.</summary>
internal static class Ports
{
    // Below those that the system gives to outgoing connections, of which a trial makes many.
    private const int First = 20_000, Count = 10_000;

    /// <summary>One that nobody listens on in this moment.</summary>
    internal static IPEndPoint Free()
    {
        while (true)
        {
            var endPoint = new IPEndPoint(IPAddress.Loopback, First + Random.Shared.Next(Count));
            try
            {
                using var listener = new TcpListener(endPoint);
                listener.Start();
                return endPoint;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
            }
        }
    }
}
