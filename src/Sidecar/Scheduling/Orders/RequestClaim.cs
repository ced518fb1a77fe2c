namespace Sidecar.Scheduling.Orders;

/// <summary>What a request brings that an order may look at. Nothing of it is checked here.</summary>
/// <param name="Criticality">1 to 5, 5 the most critical.</param>
/// <param name="TtftMilliseconds">Deadline of the first token after arrival; 0 for none.</param>
internal readonly record struct RequestClaim(int Criticality, int TtftMilliseconds = 0);
