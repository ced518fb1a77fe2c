namespace Sidecar.Demo;

/// <summary>One request of a scenario.</summary>
/// <param name="Name">A letter, as the table shows it.</param>
/// <param name="Context">The header's value as sent; null: no header.</param>
/// <param name="WorkloadId">What the sidecar must take it for.</param>
/// <param name="Criticality">What the sidecar must take it for.</param>
/// <param name="SentWhen">Sent only when the first request's score has grown to this; 0: at once.</param>
public sealed record DemoRequest(
    string Name, string? Context, string WorkloadId, int Criticality, double SentWhen = 0)
{
    public static DemoRequest Of(string name, string workloadId, int criticality, double sentWhen = 0) =>
        new(name, ContextOf(workloadId, criticality), workloadId, criticality, sentWhen);

    public static string ContextOf(string workloadId, int criticality) =>
        $$"""{"workload_id":"{{workloadId}}","criticality":{{criticality}}}""";
}
