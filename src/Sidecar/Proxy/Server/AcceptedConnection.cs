using System.Net;
using Sidecar.Transport;

namespace Sidecar.Proxy.Server;

/// <summary>Carries an accepted descriptor to the worker that will serve it; at the connection limit from one worker to
/// the next, until one gives up an idle connection for it. Belongs to whoever posts it or delivers it.</summary>
internal sealed class AcceptedConnection(ConnectionPlacement placement, int descriptor, IPAddress? client) : Mail
{
    internal int Descriptor => descriptor;

    /// <summary>The client's address; null where there is none.</summary>
    internal IPAddress? Client => client;

    /// <summary>The worker in whose mailbox the connection is.</summary>
    internal ProxyWorker? Worker { get; set; }

    /// <summary>The connection has its place within the limit, and may be opened as it is.</summary>
    internal bool HasPlace { get; set; }

    /// <summary>How often a worker was asked to close an idle connection for this one.</summary>
    internal int AskedCount { get; set; }

    protected internal override void Deliver() => placement.Deliver(this);
}
