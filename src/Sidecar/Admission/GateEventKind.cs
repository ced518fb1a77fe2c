namespace Sidecar.Admission;

/// <summary>What the gate decided, as its history records it.</summary>
internal enum GateEventKind : byte
{
    Admitted,
    Enqueued,
    Refused,
    Dispatched,
    Left,
    Released,
    Returned,
    TimedOut,
    Unavailable,
    Opened,
    Closed,
    LimitSet,
}
