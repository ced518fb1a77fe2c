namespace Sidecar.Workloads;

/// <summary>
/// Whose a request is and how critical. Lives on the stack: the id points into the field's bytes or the caller's
/// scratch, and is valid as long as they are.
/// </summary>
internal ref struct WorkloadContext
{
    public const int IdLengthMax = 128;
    public const int CriticalityMin = 1;
    public const int CriticalityMax = 5;

    /// <summary>
    /// UTF-8, valid, 1 to 128 bytes. It may hold any character, control characters too (JSON escapes can name
    /// them): whoever writes it out escapes it as that format asks.
    /// </summary>
    public ReadOnlySpan<byte> WorkloadId;

    /// <summary>1 to 5, 5 the most critical.</summary>
    public int Criticality;

    /// <summary>Deadline of the first token after arrival; 0 for none.</summary>
    public int TtftMilliseconds;

    public ContextFault Fault;

    /// <summary>The workload of requests that name none.</summary>
    public static ReadOnlySpan<byte> DefaultId => "default"u8;
}
