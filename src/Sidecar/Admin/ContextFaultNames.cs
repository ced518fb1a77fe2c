using Sidecar.Workloads;

namespace Sidecar.Admin;

/// <summary>The label of each <see cref="ContextFault"/>.</summary>
internal static class ContextFaultNames
{
    internal static ReadOnlySpan<byte> Of(ContextFault fault) => fault switch
    {
        ContextFault.Absent => "absent"u8,
        ContextFault.Empty => "empty"u8,
        ContextFault.Malformed => "malformed"u8,
        ContextFault.NotAnObject => "not-an-object"u8,
        ContextFault.IdAbsent => "id-absent"u8,
        ContextFault.IdEmpty => "id-empty"u8,
        ContextFault.IdInvalid => "id-invalid"u8,
        ContextFault.IdTooLong => "id-too-long"u8,
        ContextFault.CriticalityInvalid => "criticality-invalid"u8,
        ContextFault.CriticalityClamped => "criticality-clamped"u8,
        ContextFault.DeadlineInvalid => "deadline-invalid"u8,
        _ => "none"u8,
    };
}
