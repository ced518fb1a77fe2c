namespace Sidecar.Fuzz;

/// <param name="IsAccepted">The input was valid.</param>
/// <param name="Difference">What the parser and its reference disagree on; null: nothing.</param>
internal readonly record struct FuzzVerdict(bool IsAccepted, string? Difference)
{
    /// <summary>Compares two readings of one thing as text; records print their members.</summary>
    internal static FuzzVerdict Of(bool isAccepted, string actual, string expected) =>
        new(isAccepted, actual == expected ? null : $"parser:    {actual}\nreference: {expected}");
}
