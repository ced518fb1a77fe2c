namespace Sidecar.Proxy;

/// <summary>
/// The connections without a request, in the order in which they became idle: a doubly linked list through the
/// connections themselves, so that each change is a few stores. Used by one thread.
/// </summary>
internal sealed class IdleConnections
{
    private DownstreamConnection? _last;

    /// <summary>The one that waits the longest; null where none does.</summary>
    internal DownstreamConnection? Longest { get; private set; }

    internal void Add(DownstreamConnection connection)
    {
        if (connection.IsIdle) return;
        connection.IsIdle = true;
        connection.IdleBefore = _last;
        if (_last is null) Longest = connection;
        else _last.IdleAfter = connection;
        _last = connection;
    }

    /// <summary>Does nothing for one that is not idle.</summary>
    internal void Remove(DownstreamConnection connection)
    {
        if (!connection.IsIdle) return;
        if (connection.IdleBefore is { } before) before.IdleAfter = connection.IdleAfter;
        else Longest = connection.IdleAfter;
        if (connection.IdleAfter is { } after) after.IdleBefore = connection.IdleBefore;
        else _last = connection.IdleBefore;
        connection.IdleBefore = connection.IdleAfter = null;
        connection.IsIdle = false;
    }
}
