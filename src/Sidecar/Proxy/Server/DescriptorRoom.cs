using Sidecar.Downstream;
using Sidecar.Proxy.Line;

namespace Sidecar.Proxy.Server;

/// <summary>Where a listener waits for a descriptor: one connection at a time is closed for it, so that no more of them
/// go than are wanted, and any that closes by itself will do. Any thread.</summary>
internal sealed class DescriptorRoom
{
    private Listener? _waiting;
    private int _isAsked;

    /// <summary>Has the listener told of the next close.</summary>
    /// <returns>True when a worker is to be asked to close a connection, as none is being asked.</returns>
    internal bool Await(Listener listener)
    {
        Volatile.Write(ref _waiting, listener);
        return Interlocked.Exchange(ref _isAsked, 1) == 0;
    }

    /// <summary>The worker that was asked has no connection to close.</summary>
    internal void Decline() => Volatile.Write(ref _isAsked, 0);

    /// <summary>A connection was closed.</summary>
    internal void OnClosed()
    {
        if (Volatile.Read(ref _waiting) is null) return;
        Decline();
        Interlocked.Exchange(ref _waiting, null)?.AcceptSoon();
    }
}
