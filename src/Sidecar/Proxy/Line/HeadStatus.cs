namespace Sidecar.Proxy.Line;

/// <summary>How far <see cref="HeadReader"/> has come with a request's head. All but <see cref="Reading"/> are final,
/// and stand until the reader begins the next head.</summary>
internal enum HeadStatus : byte
{
    /// <summary>The head is not whole, or not begun: poll again when the signal pulses.</summary>
    Reading,

    /// <summary>A head was read and keeps the rules; it has to be used before the connection's loop awaits.</summary>
    Complete,

    /// <summary>The bytes break the rules, as the fault tells. Answered, and the connection ends.</summary>
    Malformed,

    /// <summary>The head is within its limit, but memory is used up. Answered, and the connection ends.</summary>
    OutOfMemory,

    /// <summary>The head was begun, but not whole in time. Answered, and the connection ends.</summary>
    TimedOut,

    /// <summary>The client left or was idle for too long, or the sidecar closes. No answer.</summary>
    Ended,
}
