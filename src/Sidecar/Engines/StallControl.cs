using System.Globalization;
using Sidecar.Admission;
using Sidecar.Primitives;
using Sidecar.Telemetry;

namespace Sidecar.Engines;

/// <summary>
/// Watches whether a model server that is healthy makes progress: engines were seen to answer their health path for
/// ever without making a token (vllm#53130, sglang#33858). Tells, and cuts nothing. A loop of its own on the thread
/// pool; its page is asked for only while it is under suspicion.
/// </summary>
/// <param name="gate">Whose permits are out.</param>
/// <param name="engine">What its answers tell.</param>
/// <param name="client">Used by this alone.</param>
/// <param name="root">The model server's URL, whose path is replaced.</param>
/// <param name="stallAfter">The time without progress that makes a stall; above 0.</param>
/// <param name="clock">Of the gate.</param>
/// <param name="log">Is told when a stall begins and ends.</param>
/// <param name="time">Paces the looks.</param>
public sealed class StallControl(
    Gate gate, EngineMonitor engine, EngineClient client, Uri root, TimeSpan stallAfter, MonotonicClock clock, Log log,
    TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    private readonly ProgressRule _rule = new(stallAfter.Ticks);
    private readonly EnginePages _pages = new(client, root, Log.Silent, time);
    private volatile bool _isStalled;

    /// <summary>Streams are awaited, and nothing has come for too long.</summary>
    public bool IsStalled => _isStalled;

    /// <summary>Looks until cancelled; throws nothing.</summary>
    public Task RunAsync(CancellationToken cancellation) =>
        PacedLooks.RunAsync(Period, time, LookAsync, cancellation);

    private async Task LookAsync(CancellationToken cancellation)
    {
        var streams = engine.Answers.StreamsOf(gate.InFlight);
        var tokens = double.NaN;
        if (streams > 0 && _rule.IsSuspicious(clock.NowTicks))
            tokens = (await _pages.ReadAsync(cancellation))?.Progress ?? double.NaN;
        var silentTicks = _rule.SilentTicks(clock.NowTicks);
        if (!_rule.Look(streams, engine.Answers.LastByteTicks, tokens, clock.NowTicks)) return;
        _isStalled = _rule.IsStalled;
        var seconds = (silentTicks / (double)TimeSpan.TicksPerSecond).ToString("0.0", CultureInfo.InvariantCulture);
        if (_isStalled)
        {
            log.Warn("engine-stalled", ("seconds", seconds), ("streams", $"{streams}"),
                ("hint", "healthy or not, it makes no tokens; nothing is cut"));
        }
        else
        {
            log.Info("engine-moves", ("after_seconds", seconds));
        }
    }
}
