namespace Sidecar.Workloads;

/// <summary>
/// Why a request's workload context was not taken as it stood. Never an error to the client: the defaults apply and
/// a counter tells the reason. One per request: faults of the whole value first, then of the id, then the rest.
/// </summary>
public enum ContextFault : byte
{
    None,

    /// <summary>The request has no context field.</summary>
    Absent,

    /// <summary>The field is there, with nothing but white space in it.</summary>
    Empty,

    /// <summary>Not JSON (RFC 8259), more after its end, or nested deeper than 64.</summary>
    Malformed,

    /// <summary>JSON, but not an object.</summary>
    NotAnObject,

    /// <summary>No <c>workload_id</c>, or null.</summary>
    IdAbsent,

    IdEmpty,

    /// <summary>Not a string, or not valid UTF-8 once unescaped (a lone surrogate, a broken sequence).</summary>
    IdInvalid,

    /// <summary>More than 128 bytes of UTF-8 once unescaped.</summary>
    IdTooLong,

    /// <summary>Not written as an integer: a string, <c>2.5</c>, <c>5.0</c>, <c>5e0</c>, true.</summary>
    CriticalityInvalid,

    /// <summary>An integer outside 1 to 5; the nearer bound counts.</summary>
    CriticalityClamped,

    /// <summary>There, but not a positive integer; no deadline applies.</summary>
    DeadlineInvalid,
}
