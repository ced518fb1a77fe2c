namespace Sidecar.Transport;

/// <summary>The signals to be resumed, first come first served; intrusive, used by one thread.</summary>
internal sealed class ReadyList
{
    private Signal? _first;
    private Signal? _last;
    private Signal? _round;

    internal bool IsEmpty => _first is null;

    /// <summary>Appends a signal, which <see cref="Signal"/> keeps from being in the list twice.</summary>
    internal void Add(Signal signal)
    {
        if (_last is null) _first = signal;
        else _last.NextReady = signal;
        _last = signal;
    }

    /// <summary>Makes the signals in the list the round; those added meanwhile wait for the next.</summary>
    internal void BeginRound()
    {
        _round = _first;
        _first = _last = null;
    }

    /// <summary>Takes the round's next signal; null when the round is over.</summary>
    internal Signal? Next()
    {
        if (_round is not { } signal) return null;
        _round = signal.NextReady;
        signal.NextReady = null;
        return signal;
    }
}
