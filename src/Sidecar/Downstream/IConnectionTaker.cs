using System.Net;

namespace Sidecar.Downstream;

/// <summary>Takes accepted connections; its methods run on the accepting reactor's thread and must be short.</summary>
internal interface IConnectionTaker
{
    /// <param name="descriptor">A connected, non-blocking socket, from now on the taker's.</param>
    /// <param name="client">The client's address; null where there is none, as on a Unix socket.</param>
    void Take(int descriptor, IPAddress? client);

    /// <summary>A connection waits in the kernel for want of descriptors: the taker closes its longest idle one, if
    /// there is one, and calls <see cref="Listener.AcceptSoon"/> once any connection has been closed.</summary>
    void MakeRoom(Listener listener);
}
