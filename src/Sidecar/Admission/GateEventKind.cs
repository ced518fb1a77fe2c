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
    Released,
    Returned,
    TimedOut,
    Unavailable,
    Opened,
    Closed,
    LimitSet,

    /// <summary>Its value: the mode times 10,000, the policy times 1,000, and the share in percent.</summary>
    PlanSet,
}
