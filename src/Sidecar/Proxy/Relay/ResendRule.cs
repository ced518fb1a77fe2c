namespace Sidecar.Proxy.Relay;

/// <summary>
/// The one case in which a request is sent twice: the model server closed a resting connection just as it was used
/// again. A documented departure from RFC 9110 section 9.2.2, which forbids to repeat a POST that may have been taken
/// up: what breaks so soon after so long a rest, without a byte in answer, was not.
/// </summary>
/// <remarks>Once per request, and only on a new connection. Pure; a mutable struct, new for each request: keep it in a
/// field.</remarks>
internal struct ResendRule
{
    internal const long RestTicksMin = TimeSpan.TicksPerSecond;
    internal const long BreakTicksMax = TimeSpan.TicksPerSecond / 10;

    private long _sentTicks;
    private long _restedTicks;

    /// <summary>The request was, or is about to be, sent for the second time.</summary>
    internal bool IsUsed { get; private set; }

    /// <summary>Notes that the request is sent now.</summary>
    /// <param name="nowTicks">Monotonic.</param>
    /// <param name="restedTicks">How long the request's connection has rested before; 0 for a new one.</param>
    internal void OnSent(long nowTicks, long restedTicks) => (_sentTicks, _restedTicks) = (nowTicks, restedTicks);

    /// <summary>The connection broke: true when the request is to be sent again, if nothing else forbids it.</summary>
    internal bool TryUse(long nowTicks)
    {
        if (IsUsed || _restedTicks <= RestTicksMin || nowTicks - _sentTicks > BreakTicksMax) return false;
        return IsUsed = true;
    }
}
