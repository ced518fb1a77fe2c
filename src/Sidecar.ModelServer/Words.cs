namespace Sidecar.ModelServer;

/// <summary>The simulated model's vocabulary. Pure: the same sequence and position give the same word.</summary>
internal static class Words
{
    private static readonly string[] All =
    [
        "the", "queue", "is", "short", "and", "each", "request", "that", "matters", "goes", "first", "while", "a",
        "slot", "stays", "full", "so", "tokens", "flow", "like", "water", "over",
        "stones", "until", "nothing", "waits", "in",
        "this", "batch", "we", "decode", "one", "more", "word", "then", "rest",
    ];

    internal static string At(int seed, int sequence, int position)
    {
        // A linear congruence spreads neighbours apart; nobody relies on more.
        var mixed = unchecked((uint)(seed * 7919 + sequence * 104729 + position * 15485863) * 2654435761u);
        var word = All[(mixed >> 8) % All.Length];
        return position == 0 ? char.ToUpperInvariant(word[0]) + word[1..] : " " + word;
    }
}
