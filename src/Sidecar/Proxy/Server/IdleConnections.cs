using Sidecar.Proxy.Line;

namespace Sidecar.Proxy.Server;

/// <summary>
/// The connections without a request, in the order in which they became idle: a doubly linked list through the
/// connections themselves, so that each change is a few stores. Used by one thread, but for
/// <see cref="LongestSinceTicks"/>.
/// </summary>
internal sealed class IdleConnections
{
    private DownstreamConnection? _last;
    private long _longestSinceTicks = long.MaxValue;

    /// <summary>The connection that waits the longest; null where none does.</summary>
    internal DownstreamConnection? Longest { get; private set; }

    /// <summary>Since when <see cref="Longest"/> waits; the largest long where none does. From any thread.</summary>
    internal long LongestSinceTicks => Volatile.Read(ref _longestSinceTicks);

    internal void Add(DownstreamConnection connection, long nowTicks)
    {
        if (connection.IsIdle) return;
        connection.IsIdle = true;
        connection.IdleSinceTicks = nowTicks;
        connection.IdleBefore = _last;
        if (_last is null) SetLongest(connection);
        else _last.IdleAfter = connection;
        _last = connection;
    }

    /// <summary>Does nothing for a connection that is not idle.</summary>
    internal void Remove(DownstreamConnection connection)
    {
        if (!connection.IsIdle) return;
        if (connection.IdleBefore is { } before) before.IdleAfter = connection.IdleAfter;
        else SetLongest(connection.IdleAfter);
        if (connection.IdleAfter is { } after) after.IdleBefore = connection.IdleBefore;
        else _last = connection.IdleBefore;
        connection.IdleBefore = connection.IdleAfter = null;
        connection.IsIdle = false;
    }

    private void SetLongest(DownstreamConnection? connection)
    {
        Longest = connection;
        Volatile.Write(ref _longestSinceTicks, connection?.IdleSinceTicks ?? long.MaxValue);
    }
}
