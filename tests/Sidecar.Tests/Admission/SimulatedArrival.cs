namespace Sidecar.Tests.Admission;

/// <summary>One request of a <see cref="GateSimulation"/>; times in ticks.</summary>
internal sealed record SimulatedArrival(long AtTicks, string WorkloadId, int Criticality, long ServiceTicks);
