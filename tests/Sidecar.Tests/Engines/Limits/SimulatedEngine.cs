namespace Sidecar.Tests.Engines.Limits;

/// <summary>
/// A model server in steps, as vLLM takes them: fills its slots as far as its cache goes, reads the new prompts,
/// decodes a token of each sequence, and where the cache is full puts back the newest, which is read anew later.
/// </summary>
internal sealed class SimulatedEngine(EngineShape shape, Random random)
{
    private const int PromptTokensPerStepMax = 8192, BlockTokens = 16;

    private readonly LinkedList<SimulatedSequence> _waiting = new();
    private readonly List<SimulatedSequence> _running = [];
    private long _used;

    internal double Seconds { get; private set; }

    internal int Running => _running.Count;

    internal int Waiting => _waiting.Count;

    internal double CacheUsage => double.IsInfinity(shape.CacheTokens) ? double.NaN : _used / shape.CacheTokens;

    internal long Tokens { get; private set; }

    internal long Preemptions { get; private set; }

    internal int EndedInStep { get; private set; }

    internal void Send() => _waiting.AddLast(
        new SimulatedSequence(Some(shape.PromptTokens), Some(shape.AnswerTokens), Seconds));

    /// <summary>One step; tells of each first token, with the wait for it, and of each end.</summary>
    internal void Step(Action<double> answered, Action ended)
    {
        var promptTokens = Fill();
        Seconds += _running.Count == 0
            ? 0.001
            : promptTokens / shape.PrefillTokensPerSecond
                + shape.StepSeconds * (1 + shape.BatchCost * (_running.Count - 1));
        foreach (var sequence in _running)
        {
            (sequence.Produced, _used, Tokens) = (sequence.Produced + 1, _used + 1, Tokens + 1);
            if (!sequence.IsAnswered) answered(Seconds - sequence.SentSeconds);
            sequence.IsAnswered = true;
        }
        var done = _running.FindAll(sequence => sequence.Produced >= sequence.Answer);
        _running.RemoveAll(sequence => sequence.Produced >= sequence.Answer);
        EndedInStep = done.Count;
        foreach (var sequence in done)
        {
            _used -= sequence.Tokens;
            ended();
        }
        while (_used > shape.CacheTokens && _running.Count > 1) Preempt();
    }

    private int Fill()
    {
        var promptTokens = 0;
        while (_waiting.First?.Value is { } next && _running.Count < shape.Slots
            && promptTokens < PromptTokensPerStepMax && _used + next.Tokens + BlockTokens <= shape.CacheTokens)
        {
            _waiting.RemoveFirst();
            _running.Add(next);
            (_used, promptTokens) = (_used + next.Tokens, promptTokens + next.Tokens);
        }
        return promptTokens;
    }

    private void Preempt()
    {
        var newest = _running[^1];
        _running.RemoveAt(_running.Count - 1);
        _used -= newest.Tokens;
        _waiting.AddFirst(newest);
        Preemptions++;
    }

    private int Some(int average) => Math.Max(1, (int)(average * (0.5 + random.NextDouble())));
}
