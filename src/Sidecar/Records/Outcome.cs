namespace Sidecar.Records;

/// <summary>How a request ended; each ends in exactly one; <see cref="Outcomes"/> has the rest.</summary>
public enum Outcome : byte
{
    /// <summary>Not yet.</summary>
    None,

    /// <summary>The model server's response was relayed to its end, whatever its status.</summary>
    Completed,
    ClientLeftQueued,
    ClientLeftRunning,
    ClientStalled,
    BadRequest,
    HeadTimeout,
    BodyTooLarge,
    QueueFull,

    /// <summary>The queue was full, and a more critical request took its place.</summary>
    Shed,

    /// <summary>The request would not have been sent before its queue timeout.</summary>
    ExpectedWait,
    QueueTimeout,
    Draining,
    UpstreamUnavailable,

    /// <summary>A request that bypasses the gate found no connection.</summary>
    UpstreamRefused,
    UpstreamBroken,
    UpstreamMalformed,
    UpstreamTimeout,

    /// <summary>There was no room to hold its head.</summary>
    OutOfMemory,

    /// <summary>The sidecar's own fault.</summary>
    Failed,
}
