using System.Net;
using Sidecar.Transport;

namespace Sidecar.Proxy;

/// <summary>Carries an accepted descriptor from the accepting reactor to the one that will serve it.</summary>
internal sealed class AcceptedConnection(ProxyWorker worker, int descriptor, IPAddress? address) : Mail
{
    protected internal override void Deliver() => worker.Open(descriptor, address);
}
