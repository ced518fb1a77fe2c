using Sidecar.Telemetry;

namespace Sidecar.Proxy.Server;

/// <summary>Counts clients' TLS handshakes that came to nothing, and tells why, at a pace. Any thread.</summary>
internal sealed class FailedHandshakes(Instruments instruments, Log log)
{
    private readonly PacedLog _line = new(log, LogLevel.Warn, "tls-handshake-failed");

    internal void Note(string reason)
    {
        instruments.TlsHandshakesFailed.Add();
        _line.Write(reason);
    }
}
