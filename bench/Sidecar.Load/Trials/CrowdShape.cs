namespace Sidecar.Load.Trials;

/// <param name="Idle">Connections without a request.</param>
/// <param name="SlowHeads">A byte a second each.</param>
/// <param name="SlowReaders">Some KiB a second each.</param>
/// <param name="Alone">How long normal requests are measured without them.</param>
/// <param name="Beside">How long with them.</param>
/// <param name="Rounds">Of both, in turns.</param>
internal sealed record CrowdShape(
    int Idle, int SlowHeads, int SlowReaders, TimeSpan Alone, TimeSpan Beside, int Rounds);
