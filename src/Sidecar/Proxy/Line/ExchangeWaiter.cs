using Sidecar.Admission;
using Sidecar.Transport;

namespace Sidecar.Proxy.Line;

/// <summary>The place of a connection's present request in the queue; the gate wakes its loop through it.</summary>
internal sealed class ExchangeWaiter(Signal signal) : Waiter
{
    protected internal override void Wake() => signal.PulseFromAnywhere();
}
