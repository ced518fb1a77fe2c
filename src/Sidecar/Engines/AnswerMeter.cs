using Sidecar.Engines.Limits;
using Sidecar.Records;

namespace Sidecar.Engines;

/// <summary>
/// Feeds an <see cref="AnswerSensor"/> from the records of requests that had a permit. Any thread: a lock that is held
/// for some tens of nanoseconds, twice a request.
/// </summary>
internal sealed class AnswerMeter : IRecordReader
{
    private readonly Lock _lock = new();
    private readonly AnswerSensor _sensor = new();
    private long _ended;
    private long _answered;

    public bool WantsTexts => false;

    public void OnAnswered(RequestRecord record)
    {
        if (!record.HadPermit) return;
        lock (_lock)
        {
            _answered++;
            if (record.Attempts == 1) _sensor.OnAnswered(record.AnsweredTicks - record.SentTicks);
        }
    }

    public void OnEnded(RequestRecord record)
    {
        if (!record.HadPermit) return;
        lock (_lock)
        {
            _ended++;
            if (!record.IsAnswered) _answered++;
            else _sensor.OnEnded(record.IsStreamed);
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
