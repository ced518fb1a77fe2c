namespace Sidecar.Engines;

/// <param name="Url">Absolute; the connection goes to the upstream's address whatever its host says. Null: a connection
/// that is accepted is health.</param>
/// <param name="Key">Bearer token, or null.</param>
/// <param name="AuthoritiesFile">PEM: who is trusted for https; null: whom this machine trusts.</param>
public sealed record HealthProbeOptions(Uri? Url, string? Key, string? AuthoritiesFile = null);
