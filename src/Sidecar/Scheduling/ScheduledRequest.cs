using Sidecar.Scheduling.Orders;
using Sidecar.Workloads;

namespace Sidecar.Scheduling;

/// <summary>
/// A request as the scheduler knows it; the layer above derives its waiter from it, so that queueing allocates
/// nothing. Reusable for one request after another. What the scheduler writes, it writes on the calling thread.
/// </summary>
internal abstract class ScheduledRequest
{
    internal const int NoSlot = -1;

    internal int Slot = NoSlot;

    private protected ScheduledRequest()
    {
    }

    public Workload? Workload { get; internal set; }

    public RequestClaim Claim { get; internal set; }

    /// <summary>1 to 5.</summary>
    public int Criticality => Claim.Criticality;

    /// <summary>Monotonic time of arrival in ticks of 100 ns; kept when the request returns to the queue.</summary>
    public long ArrivalTicks { get; internal set; }

    /// <summary>From arrival to the last dispatch, in ticks of 100 ns.</summary>
    public long WaitTicks { get; internal set; }

    /// <summary>Fixed point, see <see cref="ScoreFunction.One"/>; at the last dispatch.</summary>
    public long ScoreAtDispatch { get; internal set; }

    /// <summary>Rank of arrival among all requests, for ties; kept when the request returns to the queue.</summary>
    internal long Sequence { get; set; }
}
