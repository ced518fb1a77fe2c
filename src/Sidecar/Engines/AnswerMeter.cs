using Sidecar.Engines.Limits;
using Sidecar.Records;

namespace Sidecar.Engines;

/// <summary>
/// Feeds an <see cref="AnswerSensor"/> from the records of requests that had a permit. Any thread: a lock that is held
/// for some tens of nanoseconds, twice a request.
/// </summary>
internal sealed class AnswerMeter : IRecordReader
{
    private const long BytePaceTicks = TimeSpan.TicksPerSecond / 10;

    private readonly Lock _lock = new();
    private readonly AnswerSensor _sensor = new();
    private long _ended;
    private long _answered;
    private int _streaming;
    private long _lastByteTicks;

    public bool WantsTexts => false;

    public void OnAnswered(RequestRecord record)
    {
        if (!record.HadPermit) return;
        lock (_lock)
        {
            _answered++;
            if (record.IsStreamed) _streaming++;
            if (record.Attempts == 1) _sensor.OnAnswered(record.AnsweredTicks - record.SentTicks);
        }
    }

    public void OnEnded(RequestRecord record)
    {
        if (!record.HadPermit) return;
        lock (_lock)
        {
            _ended++;
            if (record is { IsAnswered: true, IsStreamed: true }) _streaming--;
            if (!record.IsAnswered) _answered++;
            else _sensor.OnEnded(record.IsStreamed);
        }
    }

    /// <summary>When a byte of an answer to a request with a permit last came, within a tenth of a second.</summary>
    internal long LastByteTicks => Volatile.Read(ref _lastByteTicks);

    /// <summary>A byte came. Stored ten times a second at most: reactors would else fight over it.</summary>
    internal void NoteByte(long nowTicks)
    {
        if (nowTicks - Volatile.Read(ref _lastByteTicks) > BytePaceTicks) Volatile.Write(ref _lastByteTicks, nowTicks);
    }

    /// <summary>Streams that have begun and not ended, and where answers are streams, those that are awaited.</summary>
    internal int StreamsOf(int inFlight)
    {
        lock (_lock)
        {
            var awaited = _sensor.IsStreaming ? inFlight - (int)(_answered - _ended) : 0;
            return _streaming + Math.Max(0, awaited);
        }
    }

    /// <inheritdoc cref="AnswerSensor.IsBlind"/>
    internal bool IsBlind
    {
        get
        {
            lock (_lock) return _sensor.IsBlind;
        }
    }

    internal GateLook Look(int inFlight, int queued)
    {
        lock (_lock) return new GateLook(inFlight, queued, _ended, _sensor.FirstByteTicks);
    }

    /// <inheritdoc cref="AnswerSensor.TryRead"/>
    internal bool TryRead(int inFlight, long nowTicks, out EngineLoad load)
    {
        lock (_lock) return _sensor.TryRead(_ended + inFlight, _answered, inFlight, nowTicks, out load);
    }
}
