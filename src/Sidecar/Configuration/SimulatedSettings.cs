namespace Sidecar.Configuration;

/// <summary>What the embedded simulated model server is given.</summary>
public sealed record SimulatedSettings(int Slots, int TokensPerSecond, int Seed);
