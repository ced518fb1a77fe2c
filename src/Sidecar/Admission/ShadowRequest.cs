using Sidecar.Scheduling;

namespace Sidecar.Admission;

/// <summary>A request as it is in the queue that a policy would have, beside the one that it really waits in.</summary>
internal sealed class ShadowRequest(ShadowQueue owner) : ScheduledRequest
{
    internal const long NotYet = -1;

    /// <summary>Another one's belongs to a shadow that is over.</summary>
    internal ShadowQueue Owner => owner;

    /// <summary>Whose request it is, while that is known to its queue.</summary>
    internal Waiter? Waiter { get; set; }

    /// <summary>Which dispatch of all was its own, in truth and by the policy; the number and when.</summary>
    internal (long Number, long Ticks) Real { get; set; }

    internal (long Number, long Ticks) Policy { get; set; }

    internal bool IsQueued => Slot != NoSlot;

    internal bool IsSettled => Real.Number != NotYet && Policy.Number != NotYet;

    internal void Begin(Waiter waiter) => (Waiter, Real, Policy) = (waiter, (NotYet, 0), (NotYet, 0));
}
