namespace Sidecar.Load.Arrivals;

/// <summary>How a recorded trace is fitted to the model server under test.</summary>
/// <param name="Speed">2 replays twice as fast as it was recorded.</param>
/// <param name="Seconds">How much is replayed, after speeding up.</param>
/// <param name="SkipSeconds">Where to begin, in the time of the recording.</param>
/// <param name="TokenScale">Factor on prompt and answer lengths, for a model smaller than the recorded one.</param>
/// <param name="TokenMax">Bound of prompt and of answer after scaling.</param>
public sealed record TraceOptions(
    double Speed, double Seconds, double SkipSeconds, double TokenScale, int TokenMax);
