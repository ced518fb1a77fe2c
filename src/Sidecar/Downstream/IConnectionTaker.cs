using System.Net;

namespace Sidecar.Downstream;

/// <summary>Takes accepted connections; its methods run on the accepting reactor's thread and must be short.</summary>
internal interface IConnectionTaker
{
    /// <param name="descriptor">A connected, non-blocking socket, from now on the taker's.</param>
    /// <param name="client">Null where it has no address, as on a Unix socket.</param>
    void Take(int descriptor, IPAddress? client);

    /// <summary>
    /// A connection waits in the kernel for want of descriptors: the longest idle one is closed, if there is one, and
    /// <see cref="Listener.AcceptSoon"/> called once a connection has been closed, this one or another.
    /// </summary>
    void MakeRoom(Listener listener);
}
