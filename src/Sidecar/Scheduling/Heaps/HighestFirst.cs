namespace Sidecar.Scheduling.Heaps;

/// <summary>Highest key first.</summary>
internal readonly struct HighestFirst : IHeapOrder
{
    public static bool Before(in HeapEntry a, in HeapEntry b) =>
        a.Key != b.Key ? a.Key > b.Key : a.Sequence < b.Sequence;
}
