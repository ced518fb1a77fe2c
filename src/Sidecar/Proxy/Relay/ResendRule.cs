using Sidecar.Proxy.Server;
using Sidecar.Upstream;

namespace Sidecar.Proxy.Relay;

/// <summary>
/// The one case in which a request is sent twice: the model server closed a resting connection just as it was used
/// again. A documented departure from RFC 9110 section 9.2.2, which forbids to repeat a POST that may have been taken
/// up: what breaks so soon after so long a rest, without a byte in answer, was not.
/// </summary>
/// <remarks>Once per request, and only on a new connection. One reactor's thread.</remarks>
internal sealed class ResendRule(ProxyWorker worker, RequestSide request, ResponseSide response)
{
    private const long RestTicksMin = TimeSpan.TicksPerSecond;
    private const long BreakTicksMax = TimeSpan.TicksPerSecond / 10;

    private long _sentTicks;
    private long _restedTicks;

    /// <summary>The request was, or is about to be, sent for the second time.</summary>
    internal bool IsUsed { get; private set; }

    internal void Reset() => IsUsed = false;

    internal void OnSent(UpstreamConnection upstream) =>
        (_sentTicks, _restedTicks) = (worker.Reactor.NowTicks, upstream.RestedTicks);

    /// <summary>The connection broke: true when the request is to be sent again.</summary>
    internal bool TryUse()
    {
        var services = worker.Services;
        if (IsUsed || !services.Options.Resends || !services.Engine.IsHealthy) return false;
        if (!request.IsAtHand || !response.IsSilent) return false;
        if (_restedTicks <= RestTicksMin || worker.Reactor.NowTicks - _sentTicks > BreakTicksMax) return false;
        services.Instruments.Resends.Add();
        return IsUsed = true;
    }
}
