using System.Runtime.CompilerServices;

namespace Sidecar.DataPlane;

/// <summary>
/// The one thing that a connection's loop awaits, reused for ever: <see cref="Turn"/> resumes the loop inline. One
/// awaiter at a time, on the reactor's thread. A turn while nobody waits is not lost: the next await passes at once.
/// </summary>
internal sealed class TurnSignal : IWakeable, ICriticalNotifyCompletion
{
    private Action? _continuation;
    private bool _set;

    public bool Queued { get; set; }

    public bool IsCompleted => _set;

    public TurnSignal GetAwaiter() => this;

    public void GetResult() => _set = false;

    public void OnCompleted(Action continuation) => _continuation = continuation;

    public void UnsafeOnCompleted(Action continuation) => _continuation = continuation;

    public void Turn()
    {
        _set = true;
        if (_continuation is not { } continuation) return;
        _continuation = null;
        continuation();
    }
}
