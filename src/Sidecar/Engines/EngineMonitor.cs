using Sidecar.Admission;
using Sidecar.Primitives;
using Sidecar.Telemetry;

namespace Sidecar.Engines;

/// <summary>
/// The model server as the sidecar knows it: takes what requests met and what looks at its health found, and keeps the
/// gate open or closed by it. Safe from any thread: one lock, which is held while the gate is opened or closed, so that
/// what is known and where the gate stands never differ; the gate's own lock comes after it. Nothing here is on the way
/// of a request that goes well.
/// </summary>
public sealed class EngineMonitor(Gate gate, MonotonicClock clock, Log log)
{
    /// <summary>What goes on and on is told so often.</summary>
    private const long TellAgainTicks = TimeSpan.TicksPerMinute;

    private readonly Lock _lock = new();
    private readonly GateLog _gateLog = new(log);
    private EngineState _state = new();
    private TaskCompletionSource _lookAsked = NewSignal();
    private long _complaintToldTicks = long.MinValue / 2;
    private volatile string? _complaint = "not asked yet";
    private volatile bool _isHealthy;
    private volatile bool _refusesBy503 = true;

    /// <summary>What its answers tell of it.</summary>
    internal AnswerMeter Answers { get; } = new();

    /// <summary>What its refusals mean.</summary>
    internal EngineRefusals Refusals { get; } = new(gate, log);

    /// <summary>The health path answers with success: two failures turn it, one success turns it back.</summary>
    public bool IsHealthy => _isHealthy;

    /// <summary>Why <see cref="IsHealthy"/> does not hold, for people; null where it does.</summary>
    public string? Complaint => _complaint;

    internal bool IsOpen => gate.IsOpen;

    /// <summary>See <see cref="EngineState.RefusesBy503"/>.</summary>
    internal bool RefusesBy503 => _refusesBy503;

    /// <summary>A request with a permit could not be sent: nothing more is, until the model server is there.</summary>
    /// <param name="reason">For people.</param>
    internal void OnRefused(string reason) => Take(Doubt.Refused, reason);

    /// <summary>A request with a permit was answered 503, and that means that the model server is not there.</summary>
    internal void OnNotReady() => Take(Doubt.NotReady, "the model server answers 503 and is not healthy");

    /// <summary>
    /// A connection broke under a request with a permit, which it still holds. A model server that ends does that to
    /// all of them before its port is closed: nothing more is sent until its health was looked at, which takes a moment
    /// where it lives.
    /// </summary>
    internal void OnBroken() => Take(Doubt.Broken, "a connection to the model server broke");

    /// <summary>A request with a permit was answered with 2xx.</summary>
    internal void OnServed()
    {
        if (_isHealthy) return;
        lock (_lock)
        {
            _state.NoteServed();
            Publish();
        }
    }

    /// <summary>A look at the model server's health begins.</summary>
    internal HealthLook BeginLook()
    {
        lock (_lock) return _state.BeginLook(clock.NowTicks);
    }

    /// <summary>Whether the gate was closed after a look had begun, which therefore cannot open it.</summary>
    internal bool IsOvertaken(HealthLook look)
    {
        lock (_lock) return _state.Closings != look.Closings;
    }

    /// <summary>A look has ended.</summary>
    /// <param name="look">From <see cref="BeginLook"/>.</param>
    /// <param name="answer">What the look came to.</param>
    /// <param name="reason">For people: what was asked and answered.</param>
    /// <param name="hint">For people: what may help; null: what the answer suggests.</param>
    internal void EndLook(HealthLook look, HealthAnswer answer, string reason, string? hint = null)
    {
        lock (_lock)
        {
            var nowTicks = clock.NowTicks;
            var wasHealthy = _state.IsHealthy;
            var opens = _state.TryOpen(look, answer, nowTicks);
            Publish();
            Tell(wasHealthy, reason, hint ?? HintOf(answer), nowTicks);
            if (opens) gate.Open();
            _gateLog.OnLook(_state.IsOpen, answer == HealthAnswer.Healthy, reason, nowTicks);
        }
    }

    /// <summary>Ends at the next doubt, or at one that came since this was last called; for one caller.</summary>
    internal Task LookAskedAsync()
    {
        lock (_lock)
        {
            if (_lookAsked.Task.IsCompleted) _lookAsked = NewSignal();
            return _lookAsked.Task;
        }
    }

    private void Take(Doubt doubt, string reason)
    {
        lock (_lock)
        {
            var nowTicks = clock.NowTicks;
            var wasOpen = _state.IsOpen;
            var closes = _state.TryClose(doubt, nowTicks);
            Publish();
            if (closes)
            {
                gate.Close();
                _gateLog.OnClosed(reason, nowTicks);
            }
            if (wasOpen) _lookAsked.TrySetResult();
        }
    }

    private void Publish() => (_isHealthy, _refusesBy503) = (_state.IsHealthy, _state.RefusesBy503);

    private string HintOf(HealthAnswer answer) => answer == HealthAnswer.Odd && !_state.WasHealthy
        ? "is SIDECAR_UPSTREAM_HEALTH right? 'connect' asks for a connection alone"
        : "requests wait while it refuses them";

    private void Tell(bool wasHealthy, string reason, string hint, long nowTicks)
    {
        var isHealthy = _state.IsHealthy;
        _complaint = isHealthy ? null : reason;
        if (isHealthy)
        {
            if (!wasHealthy) log.Info("upstream-healthy");
            _complaintToldTicks = long.MinValue / 2;
            return;
        }
        if (nowTicks - _complaintToldTicks < TellAgainTicks) return;
        _complaintToldTicks = nowTicks;
        log.Warn("upstream-unhealthy", ("reason", reason), ("hint", hint));
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
