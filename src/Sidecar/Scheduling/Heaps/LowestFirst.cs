namespace Sidecar.Scheduling.Heaps;

/// <summary>Lowest key first: the next of several times.</summary>
internal readonly struct LowestFirst : IHeapOrder
{
    public static bool Before(in HeapEntry a, in HeapEntry b) =>
        a.Key != b.Key ? a.Key < b.Key : a.Sequence < b.Sequence;
}
