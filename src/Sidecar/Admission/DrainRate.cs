namespace Sidecar.Admission;

/// <summary>
/// Dispatches per second, older ones counting less: an exponentially decayed count with a time constant of 10 s,
/// corrected for the time before the first one. One writer at a time; reckons in steps of 100 ms so that a dispatch
/// costs an addition.
/// </summary>
internal sealed class DrainRate
{
    private const long StepTicks = TimeSpan.TicksPerSecond / 10;
    private const double StepsPerConstant = 100;
    private const double SecondsPerConstant = 10;

    private double _decayed;
    private long _step;
    private long _firstStep = -1;

    /// <param name="nowTicks">Monotonic time.</param>
    /// <param name="dispatches">1 for a dispatch, -1 for one that turned out to be none.</param>
    public void Count(long nowTicks, int dispatches)
    {
        var step = nowTicks / StepTicks;
        if (_firstStep < 0) _firstStep = _step = step;
        if (step > _step)
        {
            _decayed *= Math.Exp(-(step - _step) / StepsPerConstant);
            _step = step;
        }
        _decayed = Math.Max(0, _decayed + dispatches);
    }

    public double PerSecond(long nowTicks)
    {
        if (_firstStep < 0) return 0;
        var step = Math.Max(_step, nowTicks / StepTicks);
        var decayed = _decayed * Math.Exp(-(step - _step) / StepsPerConstant);
        var seen = 1 - Math.Exp(-(step - _firstStep + 1) / StepsPerConstant);
        return decayed / (SecondsPerConstant * seen);
    }
}
