namespace Sidecar.Engines.Limits;

/// <summary>Between what the limit may move.</summary>
/// <param name="Min">1 or more.</param>
/// <param name="Max">At least as much.</param>
public readonly record struct LimitBounds(int Min, int Max);
