namespace Sidecar.Transport;

/// <summary>The signals to be resumed, first come first served; intrusive, used by one thread.</summary>
internal sealed class ReadyList
{
    private Signal? _first;
    private Signal? _last;
    private Signal? _round;

    internal bool IsEmpty => _first is null;

    /// <summary>A signal is in the list at most once; <see cref="Signal"/> sees to that.</summary>
    internal void Add(Signal signal)
    {
        if (_last is null) _first = signal;
        else _last.NextReady = signal;
        _last = signal;
    }

    /// <summary>Begins a round for whom the list holds now; who is added meanwhile waits for the next.</summary>
    internal void BeginRound()
    {
        _round = _first;
        _first = _last = null;
    }

    /// <summary>Takes one of the round's out; null when it is over.</summary>
    internal Signal? Next()
    {
        if (_round is not { } signal) return null;
        _round = signal.NextReady;
        signal.NextReady = null;
        return signal;
    }
}
