namespace Sidecar.Scheduling;

/// <summary>
/// The ends of a doubly linked list of queued requests, by slots of the <see cref="RequestTable"/>; -1 for none.
/// </summary>
internal struct RequestList()
{
    public int First = RequestTable.None;
    public int Last = RequestTable.None;
}
