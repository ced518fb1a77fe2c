using System.Runtime.InteropServices;

namespace Sidecar.Telemetry;

/// <summary>
/// A count that only grows. Safe from any thread; padded, so that two of them never share a cache line.
/// </summary>
public sealed class Counter
{
    private Padded _padded;

    public long Value => Volatile.Read(ref _padded.Count);

    public void Add(long count = 1) => Interlocked.Add(ref _padded.Count, count);

    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Padded
    {
        [FieldOffset(64)]
        internal long Count;
    }
}
