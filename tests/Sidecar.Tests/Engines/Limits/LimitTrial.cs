using Sidecar.Engines.Limits;

namespace Sidecar.Tests.Engines.Limits;

/// <summary>
/// A simulated model server behind a limit, with a queue that never ends: the law's, or none. Each figure is of the
/// second half.
/// </summary>
internal sealed class LimitTrial
{
    private const double LookSeconds = 0.1;

    private readonly EngineShape _shape;
    private readonly SimulatedEngine _engine;
    private readonly LimitLaw? _law;
    private readonly PageSensor _page = new();
    private readonly AnswerSensor _answers = new();
    private readonly Queue<(double Seconds, EngineLoad Load)> _pages = new();
    private EngineLoad? _late;
    private long _dispatched;
    private long _answered;
    private long _ended;
    private int _inFlight;

    /// <param name="shape">Of the model server.</param>
    /// <param name="law">Null: no limit, but for that of what the trial sends at all.</param>
    /// <param name="seed">Of the lengths.</param>
    internal LimitTrial(EngineShape shape, LimitLaw? law, int seed) =>
        (_shape, _law, _engine) = (shape, law, new SimulatedEngine(shape, new Random(seed)));

    internal double TokensPerSecond { get; private set; }

    internal double MeanWaiting { get; private set; }

    internal double PreemptionsPerRequest { get; private set; }

    internal (int Least, int Most) Limits { get; private set; }

    internal int Limit => _law?.Limit ?? 2048;

    internal LimitTrial Run(double seconds, int queued = 1000)
    {
        var (tokens, preemptions, ended, waited, begun) = (0L, 0L, _ended, 0d, 0d);
        var nextLookSeconds = 0d;
        var hasHalf = false;
        Limits = (int.MaxValue, 0);
        var endSeconds = _engine.Seconds + seconds;
        var halfSeconds = _engine.Seconds + seconds / 2;
        while (_engine.Seconds < endSeconds)
        {
            Send(queued);
            var before = _engine.Seconds;
            _engine.Step(
                wait =>
                {
                    _answered++;
                    _answers.OnAnswered(Ticks(wait));
                },
                () =>
                {
                    (_inFlight, _ended) = (_inFlight - 1, _ended + 1);
                    _answers.OnEnded(wasStreamed: true);
                });
            // At once, as the gate does: so they are there when the page is made, and wait for the next step.
            Send(queued);
            if (!hasHalf && _engine.Seconds >= halfSeconds)
            {
                (hasHalf, begun) = (true, _engine.Seconds);
                (tokens, preemptions, ended, waited) = (_engine.Tokens, _engine.Preemptions, _ended, 0);
            }
            waited += Math.Max(0, _engine.Waiting - _engine.EndedInStep) * (_engine.Seconds - before);
            if (_engine.Seconds < nextLookSeconds) continue;
            nextLookSeconds = _engine.Seconds + LookSeconds;
            if (_law is not null) Look(_law, queued);
            Limits = (Math.Min(Limits.Least, Limit), Math.Max(Limits.Most, Limit));
        }
        var span = _engine.Seconds - begun;
        TokensPerSecond = (_engine.Tokens - tokens) / span;
        MeanWaiting = waited / span;
        PreemptionsPerRequest = (_engine.Preemptions - preemptions) / (double)Math.Max(1, _ended - ended);
        return this;
    }

    private void Send(int queued)
    {
        for (; _inFlight < Limit && queued > 0; _inFlight++, _dispatched++) _engine.Send();
    }

    private void Look(LimitLaw law, int queued)
    {
        var nowTicks = Ticks(_engine.Seconds);
        _page.Note(_inFlight, nowTicks);
        var gate = new GateLook(_inFlight, queued, _ended, _answers.FirstByteTicks);
        var hasAnswers = _answers.TryRead(_dispatched, _answered, _inFlight, nowTicks, out var told);
        if (_shape.PageLateSeconds is { } late)
        {
            _pages.Enqueue((_engine.Seconds, new EngineLoad(
                _engine.Running, _engine.Waiting, 0, _engine.CacheUsage, _engine.Preemptions)));
            while (_pages.TryPeek(out var page) && page.Seconds <= _engine.Seconds - late)
                _late = _pages.Dequeue().Load;
            var load = _engine.Seconds < _shape.PageZeroSeconds ? new EngineLoad(0, 0, 0, 0, 0) : _late;
            if (load is { } seen && _page.TryDate(seen.Running, seen.Waiting, nowTicks, out var seenTicks))
            {
                law.Observe(seen with { SeenTicks = seenTicks }, gate, nowTicks);
                return;
            }
        }
        if (hasAnswers) law.Observe(told, gate, nowTicks);
    }

    private static long Ticks(double seconds) => (long)(seconds * TimeSpan.TicksPerSecond);
}
