using Sidecar.Admission;
using Sidecar.Transport;

namespace Sidecar.Proxy;

/// <summary>Ends the waits that have reached the queue timeout, some at a time, on one reactor's thread.</summary>
internal sealed class GateDuty(Reactor reactor, Gate gate) : IReactorDuty
{
    /// <summary>So many in one turn, then the sockets have theirs.</summary>
    private const int ExpiriesPerTurnMax = 256;

    public void OnSweep(long nowTicks)
    {
        if (gate.NextExpiryTicks > nowTicks) return;
        if (gate.Expire(ExpiriesPerTurnMax) == ExpiriesPerTurnMax) reactor.SweepSoon();
    }
}
