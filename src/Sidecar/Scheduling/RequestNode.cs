namespace Sidecar.Scheduling;

/// <summary>
/// A queued request's place in <see cref="RequestTable"/>: in its flow and in the line of all by arrival. Links are
/// slots, -1 for none; a free node links to the next free one by <see cref="Later"/>.
/// </summary>
internal struct RequestNode
{
    public ScheduledRequest? Request;
    public long ArrivalTicks;
    public long Sequence;
    public int Flow;
    public int FlowEarlier;
    public int FlowLater;
    public int Earlier;
    public int Later;
}
