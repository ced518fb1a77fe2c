using System.Runtime.CompilerServices;

namespace Sidecar.Scheduling.Heaps;

/// <summary>
/// A heap of flows in one array of structs, four children to a node, that knows where each flow stands: re-keying
/// and removing cost O(log n) and need no search. Keys never change but by <see cref="Set"/>. One thread at a time;
/// it grows by doubling, at most to as many entries as there are flows.
/// </summary>
internal sealed class IndexedHeap<TOrder>
    where TOrder : struct, IHeapOrder
{
    private const int Arity = 4;
    private const int InitialCapacity = 64;

    private HeapEntry[] _entries = new HeapEntry[InitialCapacity];

    // By flow: its place in the heap plus 1, or 0.
    private int[] _places = new int[InitialCapacity];

    public int Count { get; private set; }

    /// <summary>The first entry; only while <see cref="Count"/> is above 0.</summary>
    public ref readonly HeapEntry Top => ref _entries[0];

    public bool Contains(int flow) => flow < _places.Length && _places[flow] != 0;

    /// <summary>Adds a flow, or gives it another key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(int flow, long key, long sequence)
    {
        var entry = new HeapEntry { Key = key, Sequence = sequence, Flow = flow };
        if (!Contains(flow))
        {
            Reserve(flow);
            RiseFrom(Count++, entry);
            return;
        }
        Settle(_places[flow] - 1, entry);
    }

    /// <summary>Does nothing where the flow is not in the heap.</summary>
    public void Remove(int flow)
    {
        if (!Contains(flow)) return;
        var place = _places[flow] - 1;
        _places[flow] = 0;
        var last = --Count;
        if (place != last) Settle(place, _entries[last]);
    }

    private void Reserve(int flow)
    {
        if (Count == _entries.Length) Array.Resize(ref _entries, Count * 2);
        if (flow >= _places.Length) Array.Resize(ref _places, Math.Max(flow + 1, _places.Length * 2));
    }

    private void Settle(int place, in HeapEntry entry)
    {
        if (place > 0 && TOrder.Before(entry, _entries[(place - 1) / Arity])) RiseFrom(place, entry);
        else SinkFrom(place, entry);
    }

    private void RiseFrom(int place, HeapEntry entry)
    {
        var entries = _entries;
        while (place > 0)
        {
            var parent = (place - 1) / Arity;
            if (!TOrder.Before(entry, entries[parent])) break;
            Put(place, entries[parent]);
            place = parent;
        }
        Put(place, entry);
    }

    private void SinkFrom(int place, HeapEntry entry)
    {
        var entries = _entries;
        while (true)
        {
            var first = place * Arity + 1;
            if (first >= Count) break;
            var best = first;
            var end = Math.Min(first + Arity, Count);
            for (var child = first + 1; child < end; child++)
            {
                if (TOrder.Before(entries[child], entries[best])) best = child;
            }
            if (!TOrder.Before(entries[best], entry)) break;
            Put(place, entries[best]);
            place = best;
        }
        Put(place, entry);
    }

    private void Put(int place, in HeapEntry entry)
    {
        _entries[place] = entry;
        _places[entry.Flow] = place + 1;
    }
}
