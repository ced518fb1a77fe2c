namespace Sidecar.Transport;

/// <summary>Something to be done on a reactor's thread, posted from any thread. An item is in at most one mailbox at a
/// time: posting it again before its delivery does nothing, so no queue can grow beyond the number of items.</summary>
internal abstract class Mail
{
    private int _posted;

    internal Mail? Next { get; set; }

    /// <summary>Called on the reactor's thread, once for each post.</summary>
    protected internal abstract void Deliver();

    internal bool TryMarkPosted() => Interlocked.Exchange(ref _posted, 1) == 0;

    internal void Unmark() => Volatile.Write(ref _posted, 0);
}
