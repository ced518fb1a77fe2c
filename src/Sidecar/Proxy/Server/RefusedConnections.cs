using System.Globalization;
using Sidecar.Telemetry;

namespace Sidecar.Proxy.Server;

/// <summary>Counts clients' connections that were refused at the connection limit, and tells of them, at a pace. Any
/// thread.</summary>
internal sealed class RefusedConnections(int limit, Instruments instruments, Log log)
{
    private readonly PacedLog _line = new(log, LogLevel.Warn, "connection-refused", "limit");
    private readonly string _limit = limit.ToString(CultureInfo.InvariantCulture);

    internal void Note()
    {
        instruments.ConnectionsRefused.Add();
        _line.Write(_limit);
    }
}
