namespace Sidecar.ModelServer;

/// <summary>
/// The machine and the model that are simulated. The defaults read like a small model on one accelerator.
/// </summary>
public sealed record ModelServerOptions
{
    /// <summary>Sequences decoded at once; the rest waits, first come first served. 1 to 1024.</summary>
    public int Slots { get; init; } = 8;

    /// <summary>Decode speed of a sequence that is alone in the batch.</summary>
    public int TokensPerSecond { get; init; } = 40;

    /// <summary>How much each further sequence lengthens a decode step, as a share of the step of one alone.</summary>
    public double BatchCost { get; init; } = 0.05;

    /// <summary>Prompt tokens read per second; the whole batch waits meanwhile.</summary>
    public int PrefillTokensPerSecond { get; init; } = 4000;

    /// <summary>Tokens of an answer whose request does not bound them, on average.</summary>
    public int DefaultTokens { get; init; } = 40;

    /// <summary>Most tokens of one answer.</summary>
    public int TokensMax { get; init; } = 4096;

    /// <summary>Most sequences that wait; past it 503.</summary>
    public int WaitingMax { get; init; } = 100_000;

    /// <summary>Largest request body, in bytes.</summary>
    public int BodyBytesMax { get; init; } = 16 << 20;

    public string Model { get; init; } = "simulated";

    /// <summary>Same seed, same order of arrivals: same texts and lengths.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Steps take no time at all: for tests that are about something else.</summary>
    public bool IsInstant { get; init; }
}
