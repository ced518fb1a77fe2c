namespace Sidecar.Engines.Limits;

/// <summary>What the gate and the answers tell at one look.</summary>
/// <param name="InFlight">Permits out now.</param>
/// <param name="Queued">Requests that wait here now.</param>
/// <param name="Ended">Requests with a permit that have ended, ever.</param>
/// <param name="FirstByteTicks">What a first byte takes where nothing waits; 0 where that is not known.</param>
internal readonly record struct GateLook(int InFlight, int Queued, long Ended, long FirstByteTicks);
