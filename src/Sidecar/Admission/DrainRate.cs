namespace Sidecar.Admission;

/// <summary>
/// Dispatches per second, older ones counting less: an exponentially decayed count, corrected for the time before the
/// first one. One writer at a time; reckons in steps of 100 ms so that a dispatch costs an addition.
/// </summary>
/// <param name="constantSeconds">What was so long ago counts a third.</param>
internal sealed class DrainRate(double constantSeconds)
{
    private const long StepTicks = TimeSpan.TicksPerSecond / 10;
    private const double StepsPerSecond = 10;

    private double _decayed;
    private long _step;
    private long _firstStep = -1;

    /// <summary>The dispatches that the rate stands on, in effect.</summary>
    public double Evidence(long nowTicks) => _decayed * Decay(Math.Max(_step, nowTicks / StepTicks) - _step);

    /// <param name="nowTicks">Monotonic time.</param>
    /// <param name="dispatches">1 for a dispatch, -1 for one that turned out to be none.</param>
    public void Count(long nowTicks, int dispatches)
    {
        var step = nowTicks / StepTicks;
        if (_firstStep < 0) _firstStep = _step = step;
        if (step > _step)
        {
            _decayed *= Decay(step - _step);
            _step = step;
        }
        _decayed = Math.Max(0, _decayed + dispatches);
    }

    public double PerSecond(long nowTicks)
    {
        if (_firstStep < 0) return 0;
        var steps = Math.Max(_step, nowTicks / StepTicks) - _firstStep + 1;
        return Evidence(nowTicks) / (constantSeconds * (1 - Decay(steps)));
    }

    private double Decay(long steps) => Math.Exp(-steps / (constantSeconds * StepsPerSecond));
}
