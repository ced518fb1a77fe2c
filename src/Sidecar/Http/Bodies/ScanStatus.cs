namespace Sidecar.Http.Bodies;

/// <summary>Whether a body goes on after the bytes that were scanned.</summary>
public enum ScanStatus : byte
{
    /// <summary>All bytes were taken; the body goes on.</summary>
    NeedMore,

    /// <summary>The body has ended; what was not consumed belongs to the next message.</summary>
    End,

    /// <summary>The framing is broken; the connection must be closed.</summary>
    Malformed,
}
