using System.Net;
using Microsoft.AspNetCore.Connections;
using Sidecar.Transport.Kernel;

namespace Sidecar.Admin;

/// <summary>
/// Bounds the connections of the admin port without shutting anybody out: the newest always comes in, and past the
/// bound, or when descriptors are about to run out, another closes. That is one of the address that has the most, so
/// that who floods the port closes his own: the one that has been silent the longest, or where none is silent the one
/// whose request began first, which can only be a slow reader's. Who waits for the end of the drain stays. Safe from
/// any thread.
/// </summary>
internal sealed class AdminConnections(int max)
{
    /// <summary>Of those that nobody else takes (<see cref="DescriptorLimit"/>): for the next to be accepted, the
    /// health probe, and a page that reads of the process.</summary>
    private const int DescriptorsFree = 3;

    private readonly Lock _lock = new();
    private readonly List<AdminConnection> _open = [];
    private readonly Dictionary<IPAddress, int> _countByAddress = [];
    private long _uses;

    internal int Count
    {
        get
        {
            lock (_lock) return _open.Count;
        }
    }

    /// <summary>Counts a connection until it closes, and may close another for it.</summary>
    /// <param name="connection">Just accepted.</param>
    /// <param name="descriptor">The connection's, which tells how many are left; -1 where it has none.</param>
    internal void Add(ConnectionContext connection, long descriptor)
    {
        var isOfTheLast = descriptor >= DescriptorLimit.Current - DescriptorsFree;
        var added = new AdminConnection(connection, this, isOfTheLast);
        connection.Features.Set(added);
        AdminConnection? closed = null;
        lock (_lock)
        {
            added.LastUse = ++_uses;
            _open.Add(added);
            _countByAddress[added.Address] = _countByAddress.GetValueOrDefault(added.Address) + 1;
            // Not the newest alone: what was closed for one of the last left a lower number for the next.
            if (_open.Count > max || _open.Exists(static open => open.IsOfTheLast)) closed = TakeLeastUsed();
        }
        closed?.Close();
        connection.ConnectionClosed.UnsafeRegister(static state =>
        {
            var (all, gone) = ((AdminConnections, AdminConnection))state!;
            all.Remove(gone);
        }, (this, added));
    }

    internal void Note(AdminConnection connection, bool isBusy)
    {
        lock (_lock)
        {
            connection.IsBusy = isBusy;
            connection.IsHeld = false;
            connection.LastUse = ++_uses;
        }
    }

    internal void Hold(AdminConnection connection)
    {
        lock (_lock) connection.IsHeld = true;
    }

    private void Remove(AdminConnection connection)
    {
        lock (_lock) Forget(connection);
    }

    /// <summary>The newest itself only where all others wait for the end of the drain.</summary>
    private AdminConnection TakeLeastUsed()
    {
        var newest = _open[^1];
        AdminConnection? least = null;
        foreach (var connection in _open)
        {
            if (connection.IsHeld || connection == newest) continue;
            if (least is null || Order(connection).CompareTo(Order(least)) < 0) least = connection;
        }
        Forget(least ?? newest);
        return least ?? newest;
    }

    private (int, bool, long) Order(AdminConnection connection) =>
        (-_countByAddress[connection.Address], connection.IsBusy, connection.LastUse);

    private void Forget(AdminConnection connection)
    {
        if (!_open.Remove(connection)) return;
        if (--_countByAddress[connection.Address] == 0) _countByAddress.Remove(connection.Address);
    }
}
