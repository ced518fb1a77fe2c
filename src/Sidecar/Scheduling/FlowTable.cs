using Sidecar.Workloads;

namespace Sidecar.Scheduling;

/// <summary>
/// The flows that have something queued, in one array with a free list; so at most as many as requests are queued.
/// One thread at a time. References to a record end with the next <see cref="Add"/>.
/// </summary>
internal sealed class FlowTable
{
    private const int None = -1;
    private const int InitialCapacity = 64;

    private FlowRecord[] _flows = new FlowRecord[InitialCapacity];
    private int _used;
    private int _free = None;

    public int Count { get; private set; }

    /// <summary>Records up to here may be flows: those without a workload are free.</summary>
    public int UsedCount => _used;

    public ref FlowRecord this[int flow] => ref _flows[flow];

    /// <summary>The workload's flow of that criticality, or -1 where nothing of it is queued.</summary>
    public static int Find(Workload workload, int criticality) => workload.Flows[criticality - 1] - 1;

    public int Add(Workload workload, int criticality)
    {
        int flow;
        if (_free != None)
        {
            flow = _free;
            _free = _flows[flow].Requests.First;
        }
        else
        {
            if (_used == _flows.Length) Array.Resize(ref _flows, _used * 2);
            flow = _used++;
        }
        _flows[flow] = new FlowRecord
        {
            Workload = workload,
            Criticality = (byte)criticality,
            Requests = new(),
        };
        workload.Flows[criticality - 1] = flow + 1;
        workload.FlowCount++;
        Count++;
        return flow;
    }

    public void Remove(int flow)
    {
        ref var record = ref _flows[flow];
        var workload = record.Workload!;
        workload.Flows[record.Criticality - 1] = 0;
        workload.FlowCount--;
        record.Workload = null;
        record.Requests.First = _free;
        _free = flow;
        Count--;
    }
}
