namespace Sidecar.Demo;

/// <summary>What is queued behind a busy model server, and the order in which it must be served.</summary>
/// <param name="Settings">Of the sidecar, beside those that all scenarios share.</param>
/// <param name="Before">Requests served before the model server is held: workload, and how many.</param>
/// <param name="Requests">In the order of their arrival.</param>
/// <param name="Expected">Their names in the order of dispatch.</param>
public sealed record Scenario(
    string Title,
    string Explanation,
    IReadOnlyDictionary<string, string> Settings,
    (string WorkloadId, int Count) Before,
    IReadOnlyList<DemoRequest> Requests,
    string Expected);
