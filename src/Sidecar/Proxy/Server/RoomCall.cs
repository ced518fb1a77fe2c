using Sidecar.Transport;

namespace Sidecar.Proxy.Server;

/// <summary>Asks a worker to close its longest idle connection for the sake of its descriptor.</summary>
internal sealed class RoomCall(ProxyWorker worker) : Mail
{
    protected internal override void Deliver() => worker.MakeRoom();
}
