namespace Sidecar.Admission;

/// <summary>The gate at one instant.</summary>
/// <param name="Limit">Requests in flight at most, 0 for no limit.</param>
/// <param name="InFlight">Permits out.</param>
/// <param name="Queued">Requests queued, also those of flows that are not shown.</param>
/// <param name="IsOpen">False while the model server is not there.</param>
/// <param name="Flows">At most 1,000, highest score first.</param>
internal sealed record QueueSnapshot(
    int Limit, int InFlight, int Queued, bool IsOpen, IReadOnlyList<FlowSnapshot> Flows);
