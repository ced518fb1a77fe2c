namespace Sidecar.Tests;

/// <summary>What code allocates once it is warm.</summary>
internal static class Allocations
{
    private const int Rounds = 6;

    /// <summary>The least that one of several rounds allocates on this thread, in bytes. Code that allocates does so in
    /// each; what the runtime allocates for itself, when it compiles anew in the middle of one, does not come
    /// back.</summary>
    internal static long PerWarmRoundBytes(Action round)
    {
        var least = long.MaxValue;
        for (var i = 0; i < Rounds; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
