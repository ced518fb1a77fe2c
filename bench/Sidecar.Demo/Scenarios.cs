namespace Sidecar.Demo;

/// <summary>The five behaviours that a user comes for.</summary>
public static class Scenarios
{
    private static readonly Dictionary<string, string> Plain = [];

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("The most critical first",
            "Five workloads, one request each, arriving in no order: dispatched by criticality.",
            Plain, default,
            [
                DemoRequest.Of("A", "batch", 1), DemoRequest.Of("B", "chat", 3), DemoRequest.Of("C", "fraud", 5),
                DemoRequest.Of("D", "reports", 2), DemoRequest.Of("E", "search", 4),
            ],
            "C E B D A"),
        new("First come, first served among equals",
            "Five workloads of the same criticality: nothing tells them apart but their arrival.",
            Plain, default,
            [
                DemoRequest.Of("A", "team-1", 3), DemoRequest.Of("B", "team-2", 3), DemoRequest.Of("C", "team-3", 3),
                DemoRequest.Of("D", "team-4", 3), DemoRequest.Of("E", "team-5", 3),
            ],
            "A B C D E"),
        new("A busy workload yields to a quiet one",
            "The noisy one has just had 120 requests served; the quiet one asks for the first time, last of all.",
            Plain, ("noisy", 120),
            [
                DemoRequest.Of("A", "noisy", 3), DemoRequest.Of("B", "noisy", 3), DemoRequest.Of("C", "quiet", 3),
            ],
            "C A B"),
        new("A long wait overtakes",
            "Criticality 1 has waited until its score is above the 0.40 of a fresh 5 (SIDECAR_WAIT_HORIZON=6s, so that "
            + "it takes five seconds and not 48).",
            new Dictionary<string, string> { ["SIDECAR_WAIT_HORIZON"] = "6s" }, default,
            [
                // Little above 0.40 and few requests: the fresh one ages too, and would be level after a second.
                DemoRequest.Of("A", "batch", 1), DemoRequest.Of("B", "fraud", 5, sentWhen: 0.42),
            ],
            "A B"),
        new("A missing or malformed header is an ordinary request",
            "No header, and one that is no JSON: workload 'default', criticality 3, and 200 for both.",
            Plain, default,
            [
                DemoRequest.Of("A", "reports", 2), new("B", null, "default", 3),
                new("C", "{\"workload_id\":", "default", 3), DemoRequest.Of("D", "search", 4),
            ],
            "D B C A"),
    ];
}
