using Sidecar.Admission;
using Sidecar.Engines;
using Sidecar.Lifecycle;
using Sidecar.Primitives;
using Sidecar.Proxy.Server;
using Sidecar.Telemetry;
using Sidecar.Workloads;

namespace Sidecar.Admin;

/// <summary>What the admin port shows; each member may be read from any thread.</summary>
public sealed record AdminSources(
    Gate Gate,
    EngineMonitor Engine,
    WorkloadRegistry Workloads,
    Instruments Instruments,
    SidecarState State,
    SidecarServer Server,
    MonotonicClock Clock,
    Log Log,
    LimitControl? Limit = null,
    StallControl? Stall = null,
    bool StallTurnsReadiness = false);
