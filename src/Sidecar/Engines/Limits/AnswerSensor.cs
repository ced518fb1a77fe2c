namespace Sidecar.Engines.Limits;

/// <summary>
/// Tells by the answers alone how many requests wait inside a model server: those that have been there for longer than
/// a first byte takes where nothing waits. Pure; one thread. Bound: 256 samples, 25 s at ten a second.
/// </summary>
/// <remarks>
/// For streamed answers: of whole ones the first byte comes with the last, and says nothing of when the work began.
/// The time to a first byte is learnt as the least of eight in a row, and follows upwards slowly. A model server that
/// always has a queue could so be taken for a slow one; therefore more than an eighth of those that stream, and one,
/// without a first byte count as waiting in any case. A prefill is bound by computing: more of them at once make
/// nothing faster.
/// </remarks>
internal sealed class AnswerSensor
{
    private const int SamplesMax = 256, BlockCount = 8, UnansweredDivisor = 8;
    private const int EndedMin = 16;
    private const double StreamedShareMin = 0.8, ClimbShare = 0.05;
    private const long GraceTicks = TimeSpan.TicksPerSecond / 50, FirstByteFactor = 3;

    private readonly (long Ticks, long Dispatched)[] _samples = new (long, long)[SamplesMax];
    private int _count;
    private int _next;
    private long _blockLeastTicks = long.MaxValue;
    private int _blockSize;
    private double _firstByteTicks = double.NaN;
    private double _streamedShare = 1;
    private int _ended;
    private bool _isWaiting;

    /// <summary>Answers come whole: they tell nothing.</summary>
    internal bool IsBlind => _ended >= EndedMin && _streamedShare < StreamedShareMin;

    /// <summary>Most answers come in pieces, as far as any has ended.</summary>
    internal bool IsStreaming => _ended > 0 && _streamedShare >= StreamedShareMin;

    /// <summary>What a first byte takes where nothing waits; 0 where that is not known.</summary>
    internal long FirstByteTicks =>
        double.IsNaN(_firstByteTicks) || _streamedShare < StreamedShareMin ? 0 : (long)_firstByteTicks;

    /// <summary>An answer has begun.</summary>
    /// <param name="waitTicks">From the dispatch to the first byte.</param>
    internal void OnAnswered(long waitTicks)
    {
        _blockLeastTicks = Math.Min(_blockLeastTicks, waitTicks);
        if (++_blockSize < BlockCount && !double.IsNaN(_firstByteTicks)) return;
        var least = (double)_blockLeastTicks;
        if (double.IsNaN(_firstByteTicks) || least < _firstByteTicks) _firstByteTicks = least;
        else if (!_isWaiting) _firstByteTicks += Math.Min(least - _firstByteTicks, _firstByteTicks) * ClimbShare;
        (_blockLeastTicks, _blockSize) = (long.MaxValue, 0);
    }

    /// <summary>An answer has ended; whether it came in pieces.</summary>
    internal void OnEnded(bool wasStreamed)
    {
        _ended = Math.Min(_ended + 1, EndedMin);
        _streamedShare += ((wasStreamed ? 1 : 0) - _streamedShare) / EndedMin;
    }

    /// <summary>One look; some ten a second. False where nothing can be told yet.</summary>
    /// <param name="dispatched">Requests that have been dispatched, ever.</param>
    /// <param name="answered">Of these, those that were answered or ended.</param>
    /// <param name="inFlight">Permits out.</param>
    /// <param name="nowTicks">Monotonic.</param>
    /// <param name="load">What is there.</param>
    internal bool TryRead(long dispatched, long answered, int inFlight, long nowTicks, out EngineLoad load)
    {
        _samples[_next] = (nowTicks, dispatched);
        _next = (_next + 1) % SamplesMax;
        _count = Math.Min(_count + 1, SamplesMax);
        load = default;
        if (double.IsNaN(_firstByteTicks) || _streamedShare < StreamedShareMin) return false;
        var seenTicks = nowTicks - GraceTicks - (long)(FirstByteFactor * _firstByteTicks);
        if (DispatchedBy(seenTicks) is not { } due) return false;
        var unanswered = dispatched - answered;
        var surplus = unanswered - 1 - (inFlight - unanswered) / UnansweredDivisor;
        var waiting = (int)Math.Clamp(Math.Max(due - answered, surplus), 0, inFlight);
        _isWaiting = waiting > 0;
        load = new EngineLoad(inFlight - waiting, waiting, seenTicks);
        return true;
    }

    private long? DispatchedBy(long ticks)
    {
        for (var i = 1; i <= _count; i++)
        {
            var sample = _samples[(_next - i + SamplesMax) % SamplesMax];
            if (sample.Ticks <= ticks) return sample.Dispatched;
        }
        return null;
    }
}
