namespace Sidecar.Fuzz;

/// <summary>Tries inputs on one target until a bound is reached or a difference found. Used by one thread.</summary>
internal sealed class FuzzRun(IFuzzTarget target, int seed)
{
    private const int RepeatsToConfirm = 20;

    private readonly Mutator _mutator = new(target.Seeds, target.Words, seed);

    internal long Bytes { get; private set; }

    internal long Inputs { get; private set; }

    internal long Accepted { get; private set; }

    /// <summary>The input that both read differently, as short as it could be made; null: there was none.</summary>
    internal byte[]? Culprit { get; private set; }

    internal string? Difference { get; private set; }

    /// <summary>
    /// Goes on until so many bytes were tried in all, or until <paramref name="end"/> says so; true when no difference
    /// was found.
    /// </summary>
    internal bool Continue(long bytesMax, Func<bool> end)
    {
        while (Bytes < bytesMax && !end())
        {
            var input = _mutator.Next();
            var verdict = Try(input);
            Bytes += input.Length;
            Inputs++;
            if (verdict.IsAccepted) Accepted++;
            if (verdict.Difference is null) continue;
            Blame(input.ToArray(), verdict.Difference);
            return false;
        }
        return true;
    }

    /// <summary>The input with everything but plain text escaped.</summary>
    internal static string Escape(ReadOnlySpan<byte> input)
    {
        var text = new System.Text.StringBuilder();
        foreach (var octet in input)
        {
            _ = octet switch
            {
                (byte)'\r' => text.Append("\\r"),
                (byte)'\n' => text.Append("\\n"),
                (byte)'\\' => text.Append("\\\\"),
                < 0x20 or >= 0x7F => text.Append($"\\x{octet:x2}"),
                _ => text.Append((char)octet),
            };
        }
        return text.ToString();
    }

    private FuzzVerdict Try(ReadOnlySpan<byte> input)
    {
        try
        {
            return target.Try(input, _mutator.Random);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return new FuzzVerdict(false, $"threw {failure}");
        }
    }

    private void Blame(byte[] input, string difference)
    {
        Culprit = Minimizer.Minimize(input, Fails);
        for (var i = 0; i < RepeatsToConfirm && Difference is null; i++) Difference = Try(Culprit).Difference;
        Difference ??= difference;
    }

    /// <summary>Where an input is cut is random: it fails if any of some tries does.</summary>
    private bool Fails(byte[] input)
    {
        for (var i = 0; i < RepeatsToConfirm; i++)
        {
            if (Try(input).Difference is not null) return true;
        }
        return false;
    }
}
