namespace Sidecar.ModelServer;

/// <summary>
/// Continuous batching as engines do it (Yu et al., "Orca", OSDI 2022): sequences join and leave between steps, so a
/// slot that ends is refilled at once. Pure: no clock, no thread of its own; the caller holds each step as long as it
/// says.
/// </summary>
internal sealed class Batch(ModelServerOptions options)
{
    private readonly Queue<Sequence> _waiting = new();
    private readonly List<Sequence> _running = [];

    internal int Running => _running.Count;

    internal int Waiting => _waiting.Count(sequence => !sequence.IsAborted);

    internal long PromptTokens { get; private set; }

    internal long GeneratedTokens { get; private set; }

    /// <summary>Prompts and answers that the running sequences have in the cache.</summary>
    internal long HeldTokens => _running.Sum(sequence => (long)sequence.PromptTokens + sequence.Produced);

    internal bool IsEmpty => _running.Count == 0 && _waiting.Count == 0;

    /// <summary>False when too many wait.</summary>
    internal bool TryAdd(Sequence sequence)
    {
        if (_waiting.Count >= options.WaitingMax) return false;
        _waiting.Enqueue(sequence);
        return true;
    }

    /// <summary>
    /// Begins a step: drops what was aborted, fills the free slots, and says how long reading the new prompts and
    /// decoding one token of each sequence take.
    /// </summary>
    internal TimeSpan Begin()
    {
        Drop();
        var promptTokens = 0;
        while (_running.Count < options.Slots && _waiting.TryDequeue(out var next))
        {
            if (next.IsAborted)
            {
                next.End();
                continue;
            }
            promptTokens += next.PromptTokens;
            _running.Add(next);
        }
        PromptTokens += promptTokens;
        if (_running.Count == 0 || options.IsInstant) return TimeSpan.Zero;
        var prefillSeconds = promptTokens / (double)options.PrefillTokensPerSecond;
        var decodeSeconds = (1 + options.BatchCost * (_running.Count - 1)) / options.TokensPerSecond;
        return TimeSpan.FromSeconds(prefillSeconds + decodeSeconds);
    }

    /// <summary>Ends the step: one token for each sequence that is still wanted.</summary>
    internal void End()
    {
        foreach (var sequence in _running)
        {
            if (sequence.IsAborted) continue;
            sequence.Produce();
            GeneratedTokens++;
        }
        _running.RemoveAll(sequence => sequence.IsDone);
        Drop();
    }

    private void Drop()
    {
        foreach (var sequence in _running)
        {
            if (sequence.IsAborted) sequence.End();
        }
        _running.RemoveAll(sequence => sequence.IsAborted);
    }
}
