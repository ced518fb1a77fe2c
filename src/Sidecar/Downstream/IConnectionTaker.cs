using System.Net;

namespace Sidecar.Downstream;

/// <summary>
/// Takes accepted connections; <see cref="Take"/> runs on the accepting reactor's thread and must be short.
/// </summary>
public interface IConnectionTaker
{
    /// <param name="descriptor">A connected, non-blocking socket, from now on the taker's.</param>
    /// <param name="client">Null where it has no address, as on a Unix socket.</param>
    void Take(int descriptor, IPAddress? client);
}
