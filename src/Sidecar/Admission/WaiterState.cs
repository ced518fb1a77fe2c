namespace Sidecar.Admission;

/// <summary>Where a waiter stands with the gate.</summary>
internal enum WaiterState : byte
{
    /// <summary>Neither queued nor holding a permit.</summary>
    Idle,

    Queued,

    /// <summary>Holds a permit, until it is released or given back.</summary>
    Granted,

    /// <summary>Left the queue at its timeout; no permit.</summary>
    TimedOut,

    /// <summary>Left the queue at its timeout while the gate was closed; no permit.</summary>
    Unavailable,

    /// <summary>Left the full queue for a more critical one; no permit.</summary>
    Shed,
}
