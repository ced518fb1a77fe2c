using Sidecar.Admission;
using Sidecar.Downstream;
using Sidecar.Engines;
using Sidecar.Lifecycle;
using Sidecar.Records;
using Sidecar.Telemetry;
using Sidecar.Transport.Buffers;
using Sidecar.Workloads;

namespace Sidecar.Proxy;

/// <summary>What all connections share; each member is safe from any thread.</summary>
public sealed record ProxyServices(
    ProxyOptions Options,
    Gate Gate,
    EngineMonitor Engine,
    WorkloadRegistry Workloads,
    Instruments Instruments,
    SidecarState State,
    ServerCertificate? Certificate,
    Log Log)
{
    /// <summary>Is told of each request; a further reader is added here.</summary>
    internal RecordReaders Readers { get; init; } =
        new(Instruments, new RequestLog(Log), Engine.Answers);

    internal BodyMemory BodyMemory { get; } = new(Options.BodyMemoryBytes);
}
