namespace Sidecar.Scheduling.Heaps;

/// <summary>
/// Highest key first among keys known modulo 2^64 (serial number arithmetic, RFC 1982): right while the true
/// differences stay below 2^63.
/// </summary>
internal readonly struct HighestFirstModulo : IHeapOrder
{
    public static bool Before(in HeapEntry a, in HeapEntry b)
    {
        var difference = unchecked(a.Key - b.Key);
        return difference != 0 ? difference > 0 : a.Sequence < b.Sequence;
    }
}
