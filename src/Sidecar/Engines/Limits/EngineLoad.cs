namespace Sidecar.Engines.Limits;

/// <summary>What is known of the requests inside a model server, by its own page or by its answers.</summary>
/// <param name="Running">Requests being worked on.</param>
/// <param name="Waiting">Requests that the model server holds without working on them.</param>
/// <param name="SeenTicks">When that was so: a page may lag behind.</param>
/// <param name="CacheUsage">Of the cache of keys and values, 0 to 1; NaN where it is not told.</param>
/// <param name="Preemptions">Since the start of the model server; -1 where they are not told.</param>
internal readonly record struct EngineLoad(
    int Running, int Waiting, long SeenTicks, double CacheUsage = double.NaN, long Preemptions = -1);
