namespace Sidecar.Scheduling.Heaps;

/// <summary>A strict order, given as a type so that the comparison is compiled into the heap.</summary>
internal interface IHeapOrder
{
    static abstract bool Before(in HeapEntry a, in HeapEntry b);
}
