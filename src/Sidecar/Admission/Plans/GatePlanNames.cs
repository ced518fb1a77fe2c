namespace Sidecar.Admission.Plans;

/// <summary>How people name modes and policies, in the order of their enumerations.</summary>
public static class GatePlanNames
{
    public static IReadOnlyList<string> Modes { get; } = ["off", "shadow", "enforce"];

    public static IReadOnlyList<string> Policies { get; } = ["workload-aware", "fcfs", "criticality"];

    public static string NameOf(GateMode mode) => Modes[(int)mode];

    public static string NameOf(GatePolicy policy) => Policies[(int)policy];
}
