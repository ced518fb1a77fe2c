namespace Sidecar.Scheduling.Heaps;

/// <summary>What a heap orders flows by; the sequence decides between equal keys, the smaller first.</summary>
internal struct HeapEntry
{
    public long Key;
    public long Sequence;
    public int Flow;
}
