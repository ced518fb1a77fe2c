namespace Sidecar.Transport;

/// <summary>
/// The deadlines that a reactor watches, side by side: setting one is a store, and a sweep reads 8 bytes for each
/// connection, in order. 10,000 take some 10 microseconds; to visit as many signals, strewn over the heap, took a
/// millisecond. Used by one thread.
/// </summary>
internal sealed class DeadlineTable
{
    private const int CapacityMin = 64;

    private long[] _deadlines = new long[CapacityMin];
    private Signal[] _signals = new Signal[CapacityMin];
    private int _count;

    internal void Add(Signal signal)
    {
        if (_count == _deadlines.Length)
        {
            Array.Resize(ref _deadlines, 2 * _count);
            Array.Resize(ref _signals, 2 * _count);
        }
        Put(signal, _count++);
    }

    /// <summary>Removes a signal; the last one in the table takes its place.</summary>
    internal void Remove(Signal signal)
    {
        var place = signal.Place;
        signal.Place = -1;
        var last = _signals[--_count];
        if (last != signal) Put(last, place);
        _signals[_count] = null!;
    }

    /// <summary>The earliest deadline; the largest long where there is none. Reads all: for idle moments.</summary>
    internal long EarliestTicks
    {
        get
        {
            var earliest = long.MaxValue;
            foreach (var deadline in _deadlines.AsSpan(0, _count)) earliest = Math.Min(earliest, deadline);
            return earliest;
        }
    }

    internal void Set(int place, long deadlineTicks) => _deadlines[place] = deadlineTicks;

    /// <summary>The next signal whose deadline has passed, or null; the place moves behind it.</summary>
    internal Signal? NextExpired(ref int place, long nowTicks)
    {
        foreach (var deadline in _deadlines.AsSpan(place, _count - place))
        {
            place++;
            if (nowTicks >= deadline) return _signals[place - 1];
        }
        return null;
    }

    private void Put(Signal signal, int place)
    {
        (_signals[place], _deadlines[place]) = (signal, signal.DeadlineTicks);
        signal.Place = place;
    }
}
