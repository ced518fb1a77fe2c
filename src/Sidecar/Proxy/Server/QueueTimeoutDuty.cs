using Sidecar.Admission;
using Sidecar.Transport;

namespace Sidecar.Proxy.Server;

/// <summary>Ends the waits that have reached the queue timeout, some at a time. Each reactor has one: the reactor that
/// has queued a request is awake, and stays so while anything is queued, so none has to wake another.</summary>
internal sealed class QueueTimeoutDuty(Reactor reactor, Gate gate) : IReactorDuty
{
    /// <summary>Most waits ended in one turn; then the sockets have theirs.</summary>
    private const int ExpiriesPerTurnMax = 256;

    public long NextDueTicks => gate.Queued > 0 ? 0 : long.MaxValue;

    public void OnSweep(long nowTicks)
    {
        if (gate.Queued == 0) return;
        // Asked even when nothing is due: it also brings the order up to date, which would else weigh on one dispatch.
        if (gate.Expire(ExpiriesPerTurnMax) == ExpiriesPerTurnMax) reactor.SweepSoon();
    }
}
