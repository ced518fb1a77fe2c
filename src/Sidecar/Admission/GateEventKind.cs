namespace Sidecar.Admission;

/// <summary>What the gate decided, as its history records it.</summary>
internal enum GateEventKind : byte
{
    Admitted,
    Enqueued,
    Refused,
    Hopeless,
    Shed,
    Dispatched,
    Left,

    /// <summary>Of this and the next the value: 1 where the model server refused the request, being full.</summary>
    Released,
    Returned,
    TimedOut,
    Unavailable,
    Opened,
    Closed,
    LimitSet,
    CapLifted,

    /// <summary>Its value: the mode times 10,000, the policy times 1,000, and the share in percent.</summary>
    PlanSet,
}
