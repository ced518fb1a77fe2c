namespace Sidecar.Engines.Pages;

/// <summary>What a model server's page tells of its load; of several engines on one page, their sums.</summary>
/// <param name="Engine">As its makers call it.</param>
/// <param name="Running">Requests being worked on.</param>
/// <param name="Waiting">Requests that wait for room, without those that wait for something else.</param>
/// <param name="CacheUsage">Of the fullest cache of keys and values, 0 to 1; NaN where it is not told.</param>
/// <param name="Preemptions">Since the start; -1 where they are not told.</param>
/// <param name="Progress">A count that grows while tokens are made; NaN where there is none.</param>
internal readonly record struct EngineFigures(
    string Engine, int Running, int Waiting, double CacheUsage, long Preemptions, double Progress);
