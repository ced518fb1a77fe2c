namespace Sidecar.Workloads;

/// <summary>The values of the label <c>reason</c> that faults are counted under; a public vocabulary.</summary>
internal static class ContextFaultLabels
{
    private static readonly string[] ByFault =
    [
        "none", "absent", "empty", "malformed", "not-an-object", "id-absent", "id-empty", "id-invalid", "id-too-long",
        "criticality-invalid", "criticality-clamped", "deadline-invalid",
    ];

    /// <summary>By the number of the <see cref="ContextFault"/>.</summary>
    public static ReadOnlySpan<string> All => ByFault;

    public static string Of(ContextFault fault) => ByFault[(int)fault];
}
