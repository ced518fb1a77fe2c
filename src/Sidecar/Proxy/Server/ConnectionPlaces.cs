namespace Sidecar.Proxy.Server;

/// <summary>The one count of client connections, whatever thread has them, against the one limit. Changed when a
/// connection begins and ends, never for a request. Any thread.</summary>
internal sealed class ConnectionPlaces(int limit)
{
    private int _taken;

    /// <summary>The limit as the log tells it.</summary>
    internal string LimitText { get; } = $"{limit}";

    internal int Taken => Volatile.Read(ref _taken);

    /// <summary>Takes a place; false at the limit.</summary>
    internal bool TryTake()
    {
        var taken = Volatile.Read(ref _taken);
        while (taken < limit)
        {
            var seen = Interlocked.CompareExchange(ref _taken, taken + 1, taken);
            if (seen == taken) return true;
            taken = seen;
        }
        return false;
    }

    internal void Free() => Interlocked.Decrement(ref _taken);
}
