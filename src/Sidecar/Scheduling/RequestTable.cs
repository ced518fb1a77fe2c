namespace Sidecar.Scheduling;

/// <summary>
/// All queued requests in one array with a free list, each in two doubly linked lists in order of arrival: its
/// flow's, and that of all. One thread at a time. It grows by doubling and never shrinks; how many come in is
/// bounded by whoever adds.
/// </summary>
internal sealed class RequestTable
{
    public const int None = -1;
    private const int InitialCapacity = 64;

    private RequestNode[] _nodes = new RequestNode[InitialCapacity];
    private int _used;
    private int _free = None;
    private int _last = None;

    public int Count { get; private set; }

    /// <summary>The slot of the earliest arrival of all, or -1.</summary>
    public int First { get; private set; } = None;

    public ref readonly RequestNode this[int slot] => ref _nodes[slot];

    /// <summary>Puts a request into its place by its sequence, which for a new one is the end of both lists.</summary>
    public void Insert(ScheduledRequest request, int flow, ref FlowRecord record)
    {
        var slot = Take();
        ref var node = ref _nodes[slot];
        node.Request = request;
        node.ArrivalTicks = request.ArrivalTicks;
        node.Sequence = request.Sequence;
        node.Flow = flow;
        request.Slot = slot;
        LinkInFlow(slot, ref node, ref record);
        LinkInAll(slot, ref node);
        Count++;
    }

    public void Remove(int slot, ref FlowRecord record)
    {
        ref var node = ref _nodes[slot];
        if (node.FlowEarlier == None) record.First = node.FlowLater;
        else _nodes[node.FlowEarlier].FlowLater = node.FlowLater;
        if (node.FlowLater == None) record.Last = node.FlowEarlier;
        else _nodes[node.FlowLater].FlowEarlier = node.FlowEarlier;
        record.Count--;

        if (node.Earlier == None) First = node.Later;
        else _nodes[node.Earlier].Later = node.Later;
        if (node.Later == None) _last = node.Earlier;
        else _nodes[node.Later].Earlier = node.Earlier;
        Count--;

        node.Request!.Slot = ScheduledRequest.NoSlot;
        node.Request = null;
        node.Later = _free;
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
        _free = _nodes[slot].Later;
        return slot;
    }

    private void LinkInFlow(int slot, ref RequestNode node, ref FlowRecord record)
    {
        var earlier = record.Last;
        if (earlier != None && _nodes[earlier].Sequence > node.Sequence)
        {
            // Only what returned before it can stand ahead of a returned request in its flow.
            earlier = None;
            for (var next = record.First; _nodes[next].Sequence < node.Sequence; next = _nodes[next].FlowLater)
                earlier = next;
        }
        var later = earlier == None ? record.First : _nodes[earlier].FlowLater;
        node.FlowEarlier = earlier;
        node.FlowLater = later;
        if (earlier == None) record.First = slot;
        else _nodes[earlier].FlowLater = slot;
        if (later == None) record.Last = slot;
        else _nodes[later].FlowEarlier = slot;
        record.Count++;
    }

    private void LinkInAll(int slot, ref RequestNode node)
    {
        var earlier = FindEarlier(node.Sequence);
        var later = earlier == None ? First : _nodes[earlier].Later;
        node.Earlier = earlier;
        node.Later = later;
        if (earlier == None) First = slot;
        else _nodes[earlier].Later = slot;
        if (later == None) _last = slot;
        else _nodes[later].Earlier = slot;
    }

    /// <summary>The last slot before that sequence: at once for a new request, searched from both ends else.</summary>
    private int FindEarlier(long sequence)
    {
        var back = _last;
        var front = First;
        while (back != None && _nodes[back].Sequence > sequence)
        {
            if (_nodes[front].Sequence > sequence) return _nodes[front].Earlier;
            front = _nodes[front].Later;
            back = _nodes[back].Earlier;
        }
        return back;
    }
}
