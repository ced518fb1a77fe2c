namespace Sidecar.Proxy.Line;

/// <summary>How far the reading of the next head has come; all but Reading stand until the next one begins.</summary>
internal enum HeadStatus : byte
{
    /// <summary>The head is not whole, or not begun.</summary>
    Reading,

    /// <summary>A head was read and follows the rules: to be used before the connection's loop awaits.</summary>
    Complete,

    /// <summary>What came is no head that the rules let through; the fault tells why.</summary>
    Malformed,

    /// <summary>The head is within its limit, but there is no memory to hold it.</summary>
    OutOfMemory,

    /// <summary>The head was begun and did not end within its time.</summary>
    TimedOut,

    /// <summary>No further request: the client has left, was idle for too long, or the sidecar closes.</summary>
    Ended,
}
