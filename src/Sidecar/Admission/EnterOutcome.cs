namespace Sidecar.Admission;

/// <summary>What became of a request that arrived at the gate.</summary>
internal enum EnterOutcome : byte
{
    /// <summary>The request holds a permit; no wake follows.</summary>
    Granted,

    /// <summary>The request waits; a wake follows when the waiter's state changes.</summary>
    Queued,

    /// <summary>The queue is full, and nothing less critical is in it: the request holds nothing.</summary>
    QueueFull,

    /// <summary>The request would not be sent before its queue timeout: it holds nothing.</summary>
    Hopeless,
}
