namespace Sidecar.Load.Running;

/// <summary>How requests are sent, apart from when.</summary>
/// <param name="DrainSeconds">How long after the last arrival answers are waited for; then they count as lost.</param>
/// <param name="Stream">Streamed answers; otherwise whole ones, whose first token is their last.</param>
/// <param name="Model">Name in the request's body.</param>
/// <param name="Progress">A line every five seconds on standard error.</param>
public sealed record RunOptions(
    double DrainSeconds = 120, bool Stream = true, string Model = "tiny", bool Progress = true);
