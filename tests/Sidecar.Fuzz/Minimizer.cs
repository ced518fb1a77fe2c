namespace Sidecar.Fuzz;

/// <summary>Takes away from an input what its difference does not need: halves first, then smaller parts.</summary>
internal static class Minimizer
{
    private const int TriesMax = 20_000;

    /// <summary>The shortest input found that <paramref name="fails"/>.</summary>
    internal static byte[] Minimize(byte[] input, Func<byte[], bool> fails)
    {
        var tries = 0;
        for (var size = Math.Max(1, input.Length / 2); size > 0; size /= 2)
        {
            for (var at = 0; at < input.Length && tries < TriesMax; tries++)
            {
                byte[] shorter = [.. input[..at], .. input[Math.Min(input.Length, at + size)..]];
                if (fails(shorter)) input = shorter;
                else at += size;
            }
        }
        return input;
    }
}
