using Sidecar.Admission;
using Sidecar.Transport;

namespace Sidecar.Proxy.Line;

/// <summary>The place of a connection's present request in the queue, through which the gate wakes its loop.</summary>
internal sealed class ExchangeWaiter(Signal signal) : Waiter
{
    protected internal override void Wake() => signal.PulseFromAnywhere();
}
