namespace Sidecar.Trials;

/// <param name="Idle">Connections without a request.</param>
/// <param name="SlowHeads">A byte a second each.</param>
/// <param name="SlowReaders">Some KiB a second each.</param>
/// <param name="Alone">How long normal requests are measured without them.</param>
/// <param name="Beside">How long with them.</param>
/// <param name="Rounds">Of both, in turns.</param>
/// <param name="RatioMax">Most that the p99 of a second may be beside the crowd, as part of what it is alone; null: a
/// run too short to tell.</param>
/// <param name="Concurrency"><c>SIDECAR_CONCURRENCY</c>; 0: no limit.</param>
internal sealed record CrowdShape(
    int Idle, int SlowHeads, int SlowReaders, TimeSpan Alone, TimeSpan Beside, int Rounds, double? RatioMax,
    int Concurrency)
{
    /// <summary>Endless streams by POST hold a permit each: half of them all. The other readers need none.</summary>
    internal int PostingReaders => Concurrency == 0 ? SlowReaders : Math.Min(SlowReaders, Concurrency / 2);
}
