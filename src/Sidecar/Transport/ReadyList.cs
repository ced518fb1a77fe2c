namespace Sidecar.Transport;

/// <summary>The signals to be resumed, first come first served; intrusive, used by one thread.</summary>
internal sealed class ReadyList
{
    private Signal? _first;
    private Signal? _last;

    internal bool IsEmpty => _first is null;

    /// <summary>A signal is in the list at most once; <see cref="Signal"/> sees to that.</summary>
    internal void Add(Signal signal)
    {
        if (_last is null) _first = signal;
        else _last.NextReady = signal;
        _last = signal;
    }

    /// <summary>Resumes what is in the list now; what is added meanwhile stays for the next round.</summary>
    internal void RunRound()
    {
        var signal = _first;
        _first = _last = null;
        while (signal is not null)
        {
            var next = signal.NextReady;
            signal.NextReady = null;
            signal.Resume();
            signal = next;
        }
    }
}
