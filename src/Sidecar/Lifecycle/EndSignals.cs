namespace Sidecar.Lifecycle;

/// <summary>
/// Counts the signals that ask for the end, whichever they are and whatever else has begun a drain: the first asks for
/// an orderly end, every later one for an end at once. Safe from any thread.
/// </summary>
public sealed class EndSignals
{
    private readonly CancellationTokenSource _asked = new();
    private int _count;

    /// <summary>
    /// Cancelled by the first signal; callbacks run on the thread pool, so a second one is never held up.
    /// </summary>
    public CancellationToken Asked => _asked.Token;

    /// <summary>Notes one signal; true when the process has to end at once.</summary>
    public bool Count()
    {
        if (Interlocked.Increment(ref _count) > 1) return true;
        _ = _asked.CancelAsync();
        return false;
    }
}
