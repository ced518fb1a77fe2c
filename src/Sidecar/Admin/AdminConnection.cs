using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Sidecar.Admin;

/// <summary>
/// One connection of the admin port as its bound sees it; a request finds its own among its features. What is mutable
/// belongs to the lock of <see cref="AdminConnections"/>.
/// </summary>
internal sealed class AdminConnection(ConnectionContext connection, AdminConnections all, bool isOfTheLast)
{
    /// <summary>Of the client.</summary>
    internal IPAddress Address { get; } = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;

    /// <summary>The connection has one of the last descriptors that there are.</summary>
    internal bool IsOfTheLast => isOfTheLast;

    /// <summary>A request is under way; false for one that is silent, or has not sent the whole of a head.</summary>
    internal bool IsBusy { get; set; }

    /// <summary>Somebody of this pod waits for the end of the drain: never closed for another.</summary>
    internal bool IsHeld { get; set; }

    /// <summary>The larger, the later it was accepted, or its last request began or ended.</summary>
    internal long LastUse { get; set; }

    internal void Begin() => all.Note(this, isBusy: true);

    internal void End() => all.Note(this, isBusy: false);

    internal void Hold() => all.Hold(this);

    /// <summary>Gives its descriptor back at once.</summary>
    internal void Close() => connection.Abort(new ConnectionAbortedException("closed for a newer one"));
}
