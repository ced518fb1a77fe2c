using Sidecar.Workloads;
using static Sidecar.Scheduling.RequestLinks;

namespace Sidecar.Scheduling;

/// <summary>
/// All queued requests in one array with a free list, each in three doubly linked lists in order of arrival: its
/// flow's, that of its criticality, and that of all. One thread at a time. It grows by doubling and never shrinks; how
/// many come in is bounded by whoever adds.
/// </summary>
internal sealed class RequestTable
{
    public const int None = -1;
    private const int InitialCapacity = 64;

    private readonly RequestList[] _levels = new RequestList[WorkloadContext.CriticalityMax + 1];
    private RequestNode[] _nodes = new RequestNode[InitialCapacity];
    private RequestList _all = new();
    private int _used;
    private int _free = None;

    public RequestTable() => Array.Fill(_levels, new RequestList());

    public int Count { get; private set; }

    /// <summary>The slot of the earliest arrival of all, or -1.</summary>
    public int First => _all.First;

    /// <summary>The slot of the latest arrival among those of the least criticality, or -1.</summary>
    public int NewestOfLeastCritical
    {
        get
        {
            foreach (var level in _levels)
            {
                if (level.Last != None) return level.Last;
            }
            return None;
        }
    }

    public ref readonly RequestNode this[int slot] => ref _nodes[slot];

    /// <summary>Puts a request into its place by its sequence, which for a new one is the end of each list.</summary>
    public void Insert(ScheduledRequest request, int flow, ref FlowRecord record)
    {
        var slot = Take();
        ref var node = ref _nodes[slot];
        node.Request = request;
        node.ArrivalTicks = request.ArrivalTicks;
        node.Sequence = request.Sequence;
        node.Flow = flow;
        request.Slot = slot;
        Link(ref record.Requests, OfFlow, slot);
        Link(ref _levels[record.Criticality], OfLevel, slot);
        Link(ref _all, OfAll, slot);
        record.Count++;
        Count++;
    }

    public void Remove(int slot, ref FlowRecord record)
    {
        Unlink(ref record.Requests, OfFlow, slot);
        Unlink(ref _levels[record.Criticality], OfLevel, slot);
        Unlink(ref _all, OfAll, slot);
        record.Count--;
        Count--;
        ref var node = ref _nodes[slot];
        node.Request!.Slot = ScheduledRequest.NoSlot;
        node.Request = null;
        node.Links[OfAll].Later = _free;
        _free = slot;
    }

    private int Take()
    {
        if (_free == None)
        {
            if (_used == _nodes.Length) Array.Resize(ref _nodes, _used * 2);
            return _used++;
        }
        var slot = _free;
        _free = _nodes[slot].Links[OfAll].Later;
        return slot;
    }

    private void Link(ref RequestList list, int kind, int slot)
    {
        var earlier = FindEarlier(list, kind, _nodes[slot].Sequence);
        var later = earlier == None ? list.First : _nodes[earlier].Links[kind].Later;
        _nodes[slot].Links[kind] = (earlier, later);
        if (earlier == None) list.First = slot;
        else _nodes[earlier].Links[kind].Later = slot;
        if (later == None) list.Last = slot;
        else _nodes[later].Links[kind].Earlier = slot;
    }

    private void Unlink(ref RequestList list, int kind, int slot)
    {
        var (earlier, later) = _nodes[slot].Links[kind];
        if (earlier == None) list.First = later;
        else _nodes[earlier].Links[kind].Later = later;
        if (later == None) list.Last = earlier;
        else _nodes[later].Links[kind].Earlier = earlier;
    }

    /// <summary>The last slot before that sequence: at once for a new request, searched from both ends for one that
    /// comes back.</summary>
    private int FindEarlier(in RequestList list, int kind, long sequence)
    {
        var (front, back) = (list.First, list.Last);
        while (back != None && _nodes[back].Sequence > sequence)
        {
            if (_nodes[front].Sequence > sequence) return _nodes[front].Links[kind].Earlier;
            front = _nodes[front].Links[kind].Later;
            back = _nodes[back].Links[kind].Earlier;
        }
        return back;
    }
}
