namespace Sidecar.Admission;

/// <summary>What became of a request that arrived at the gate.</summary>
internal enum EnterOutcome : byte
{
    /// <summary>The request holds a permit; no wake follows.</summary>
    Granted,

    /// <summary>The request waits; a wake follows when the waiter's state changes.</summary>
    Queued,

    /// <summary>The request was refused and holds nothing.</summary>
    QueueFull,
}
