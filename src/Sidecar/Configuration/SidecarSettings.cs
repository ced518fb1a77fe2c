using System.Net;
using Sidecar.Admission;
using Sidecar.Engines.Limits;
using Sidecar.Proxy;
using Sidecar.Telemetry;
using Sidecar.Workloads;

namespace Sidecar.Configuration;

/// <summary>All settings, typed and checked; immutable.</summary>
public sealed record SidecarSettings
{
    /// <summary>An address or a Unix socket.</summary>
    public required EndPoint Listen { get; init; }

    public required IPEndPoint Admin { get; init; }

    /// <summary>Null: the embedded simulated model server.</summary>
    public required EndPoint? Upstream { get; init; }

    /// <summary>The name or address in an https:// upstream; null where it is not one.</summary>
    public required string? UpstreamTlsHost { get; init; }

    /// <summary>Null: whom this machine trusts.</summary>
    public required string? UpstreamAuthoritiesFile { get; init; }

    /// <summary>Null: the data port is not encrypted. The key is then null too.</summary>
    public required string? CertificateFile { get; init; }

    public required string? CertificateKeyFile { get; init; }

    /// <summary>Null: a connection that is accepted is health.</summary>
    public required string? HealthPath { get; init; }

    /// <summary>The bearer token for the health path; null: none.</summary>
    public required string? UpstreamKey { get; init; }

    public required int Threads { get; init; }

    public required long ConnectTimeoutTicks { get; init; }

    public required long UpstreamIdleTicks { get; init; }

    public required long ResponseTimeoutTicks { get; init; }

    public required ProxyOptions Proxy { get; init; }

    public required GateOptions Gate { get; init; }

    /// <summary>Null: the limit is the gate's and stays so.</summary>
    public required LimitBounds? LimitBounds { get; init; }

    public required WorkloadOptions Workloads { get; init; }

    public required SimulatedSettings Simulated { get; init; }

    /// <summary>Zero: not watched.</summary>
    public required TimeSpan StallAfter { get; init; }

    public required bool StallTurnsReadiness { get; init; }

    public required TimeSpan DrainDelay { get; init; }

    public required TimeSpan DrainTimeout { get; init; }

    public required LogLevel LogLevel { get; init; }

    public required LogFormat LogFormat { get; init; }
}
