namespace Sidecar.Scheduling;

/// <summary>
/// A queued request's place in <see cref="RequestTable"/>: in its flow, among those of its criticality, and among all.
/// A free node links to the next free one in the list of all.
/// </summary>
internal struct RequestNode
{
    public ScheduledRequest? Request;
    public long ArrivalTicks;
    public long Sequence;
    public int Flow;
    public RequestLinks Links;
}
