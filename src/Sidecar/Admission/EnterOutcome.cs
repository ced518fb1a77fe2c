namespace Sidecar.Admission;

/// <summary>What became of a request that arrived at the gate.</summary>
internal enum EnterOutcome : byte
{
    /// <summary>It holds a permit; there will be no wake for it.</summary>
    Granted,

    /// <summary>It waits; a wake follows when its state changes.</summary>
    Queued,

    /// <summary>It was refused and holds nothing.</summary>
    QueueFull,
}
