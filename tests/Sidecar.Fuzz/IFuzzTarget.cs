namespace Sidecar.Fuzz;

/// <summary>One parser under test beside its plain reference. Used by one thread.</summary>
internal interface IFuzzTarget
{
    string Name { get; }

    /// <summary>What is mutated, in Latin-1: valid inputs and some that are nearly so.</summary>
    IReadOnlyList<string> Seeds { get; }

    /// <summary>What mutation puts in: words and octets that decide something.</summary>
    IReadOnlyList<string> Words { get; }

    /// <summary>Has both read the input.</summary>
    /// <param name="input">Any bytes.</param>
    /// <param name="random">For what is free, such as where the input is cut.</param>
    /// <returns>Whether they took it, and where they differ.</returns>
    FuzzVerdict Try(ReadOnlySpan<byte> input, Random random);
}
