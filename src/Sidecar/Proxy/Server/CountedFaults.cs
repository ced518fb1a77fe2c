using Sidecar.Telemetry;

namespace Sidecar.Proxy.Server;

/// <summary>Counts each fault of one kind and logs it at a pace. Any thread.</summary>
internal sealed class CountedFaults(Counter counter, PacedLog log)
{
    internal void Note(string reason)
    {
        counter.Add();
        log.Write(reason);
    }
}
