namespace Sidecar.Configuration.Values;

/// <summary>What values are accepted, in words, and how such a value is read.</summary>
internal sealed record ValueKind<T>(string Accepted, ValueReader<T> Read);
