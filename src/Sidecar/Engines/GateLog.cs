using System.Globalization;
using Sidecar.Telemetry;

namespace Sidecar.Engines;

/// <summary>
/// Tells of the gate's turns so that the last line on record is true, and so that a gate which turns all the time does
/// not fill the log: a closing is told once in <see cref="PaceTicks"/>, if need be later, by the next look at the model
/// server's health; an opening only after its closing was told. Under the monitor's lock.
/// </summary>
/// <remarks>
/// An opening that no healthy answer stands behind is a trial: requests are sent to see what comes of it. It is told
/// once it has lasted. Before that, "opened" would be the last word of a gate that each request closes again.
/// </remarks>
internal sealed class GateLog(Log log)
{
    internal const long PaceTicks = 10 * TimeSpan.TicksPerSecond;

    internal const long TrialTicks = TimeSpan.TicksPerSecond;

    private const long NotOpened = long.MaxValue;

    private bool _isOpen = true;
    private bool _isOpenOnRecord = true;
    private long _closingToldTicks = long.MinValue / 2;
    private long _closedTicks;
    private long _openedTicks = NotOpened;
    private long _closings;
    private string _closingReason = "";
    private string _health = "";

    internal void OnClosed(string reason, long nowTicks)
    {
        // A trial that failed leaves it closed since before that.
        if (_isOpen) _closedTicks = nowTicks;
        (_isOpen, _openedTicks, _closingReason) = (false, NotOpened, reason);
        _closings++;
        Tell(nowTicks);
    }

    /// <summary>A look has ended, as one does each second or so, and may have opened the gate.</summary>
    /// <param name="isGateOpen">Now.</param>
    /// <param name="isHealthy">The model server says so.</param>
    /// <param name="health">For people: what it was asked and said.</param>
    /// <param name="nowTicks">Monotonic time.</param>
    internal void OnLook(bool isGateOpen, bool isHealthy, string health, long nowTicks)
    {
        if (isGateOpen && !_isOpen)
        {
            if (_openedTicks == NotOpened) _openedTicks = nowTicks;
            (_isOpen, _health) = (isHealthy || nowTicks - _openedTicks >= TrialTicks, health);
        }
        Tell(nowTicks);
    }

    private void Tell(long nowTicks)
    {
        if (_isOpen == _isOpenOnRecord || (!_isOpen && nowTicks - _closingToldTicks < PaceTicks)) return;
        _isOpenOnRecord = _isOpen;
        if (_isOpen)
        {
            log.Info("gate-opened", ("after_seconds", Seconds(_openedTicks - _closedTicks)), ("health", _health));
            return;
        }
        log.Warn("gate-closed",
            ("reason", _closingReason), ("for_seconds", Seconds(nowTicks - _closedTicks)), ("count", $"{_closings}"));
        (_closingToldTicks, _closings) = (nowTicks, 0);
    }

    private static string Seconds(long ticks) =>
        (ticks / (double)TimeSpan.TicksPerSecond).ToString("0.000", CultureInfo.InvariantCulture);
}
