namespace Sidecar.Proxy.Line;

internal enum HeadStatus : byte
{
    Reading,
    Complete,
    Malformed,

    /// <summary>The head is within its limit, but there is no memory to hold it.</summary>
    OutOfMemory,

    /// <summary>The head was begun and did not end within its time.</summary>
    TimedOut,

    /// <summary>No further request: the client has left, was idle for too long, or the sidecar closes.</summary>
    Ended,
}
