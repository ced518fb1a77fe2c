using Sidecar.Admission;
using Sidecar.Records;
using Sidecar.Telemetry;

namespace Sidecar.Engines;

/// <summary>
/// Whether a model server's 429 or 503 means that its own queue is full, so that the request had better wait here:
/// found by what becomes of those that are sent once more. Any thread; called for refused requests alone.
/// </summary>
/// <remarks>
/// A 429 may as well be somebody's quota, and a 503 a model that cannot be served. Once <see cref="Doubts"/> more were
/// refused again than were not, refusals are handed on as answers, but for each <see cref="TryEvery"/>th.
/// </remarks>
public sealed class EngineRefusals(Gate gate, Log log)
{
    internal const int Doubts = 8, TryEvery = 64;

    private readonly Lock _lock = new();
    private volatile int _doubt;
    private int _passed;
    private bool _hasTold;
    private volatile bool _mayReturn = true;

    /// <summary>Refusals that went back to the queue.</summary>
    internal Counter Returned { get; } = new();

    /// <summary>Refusals that were handed on to the client.</summary>
    internal Counter Passed { get; } = new();

    /// <summary>A request that is refused now goes back to the queue, if it has not been there for it before.</summary>
    internal bool MayReturn => _mayReturn;

    internal static bool IsRefusal(int status) => status is 429 or 503;

    /// <summary>An answer of that status means that the model server is full, as far as is known.</summary>
    internal bool IsFull(int status) => IsRefusal(status) && MeansFull;

    /// <summary>A request goes back to the queue.</summary>
    internal void OnReturned()
    {
        Returned.Add();
        lock (_lock)
        {
            _mayReturn = MeansFull;
            if (_hasTold) return;
            _hasTold = true;
        }
        log.Info("engine-refuses", ("meaning", "its own queue is full: what it refuses waits here"));
    }

    /// <summary>A request with a permit was answered, by a refusal or after one.</summary>
    internal void OnAnswered(RequestRecord record)
    {
        var isRefused = IsRefusal(record.Status);
        if (isRefused) Passed.Add();
        var isLifted = false;
        lock (_lock)
        {
            if (record.WasRefused)
            {
                _doubt = Math.Clamp(_doubt + (isRefused ? 1 : -1), 0, Doubts);
                isLifted = isRefused && !MeansFull;
            }
            if (isRefused && !MeansFull) _passed++;
            _mayReturn = MeansFull || _passed % TryEvery == 0;
        }
        if (isLifted) gate.LiftCap();
    }

    private bool MeansFull => _doubt < Doubts;
}
