using Sidecar.Http;
using Sidecar.Telemetry;
using Sidecar.Transport;

namespace Sidecar.Proxy;

/// <summary>
/// Moves a request up and its response down at the same time, until both have ended or one cannot. Reused for the
/// requests of one connection, on its reactor's thread.
/// </summary>
internal sealed class RelayStep(
    ProxyWorker worker, SocketChannel client, RequestSide request, ResponseSide response, StallWatch reader,
    Signal signal)
{
    /// <summary>
    /// 16 buffers of 16 KiB each way: one connection relays so much in a turn, then the others have theirs.
    /// </summary>
    private const int MovesPerTurnMax = 32;

    private readonly long _clientStallTicks = worker.Services.Options.ClientStallTicks;
    private readonly long _responseTimeoutTicks = worker.Upstream.Options.ResponseTimeoutTicks;
    private readonly ProxyServices _services = worker.Services;
    private SocketChannel? _upstream;
    private ResponsePlan _plan;
    private bool _awaitsClient;

    internal Outcome Outcome { get; private set; }

    internal void Begin(SocketChannel upstream, KnownMethod method, in ResponsePlan plan)
    {
        (_upstream, _plan, _awaitsClient, Outcome) = (upstream, plan, false, Outcome.None);
        response.Begin(method);
        signal.DeadlineTicks = worker.Reactor.NowTicks + _responseTimeoutTicks;
    }

    /// <summary>True when <see cref="Outcome"/> is final.</summary>
    internal bool Poll()
    {
        for (var moves = 0; moves < MovesPerTurnMax; moves++)
        {
            var plan = _plan with
            {
                KeepsClient = _plan.KeepsClient && request.IsWhole,
                TakesRefusal = _plan.TakesRefusal && request.IsAtHand && _services.Engine.RefusesBy503,
            };
            var moved = request.Move(_upstream!) | response.Move(_upstream!, plan);
            Outcome = Judge();
            if (Outcome != Outcome.None) return true;
            if (!moved) return !AwaitNext(moves > 0);
        }
        signal.Pulse();
        return false;
    }

    /// <summary>What has been reached; what was completed stands, even if the client has left since.</summary>
    private Outcome Judge()
    {
        if (response.IsDone) return Outcome.Completed;
        if (client.PeerClosed || response.Fault == ResponseFault.ClientBroken) return Outcome.ClientLeftRunning;
        if (!request.MayGoOn) return request.IsTooLarge ? Outcome.BodyTooLarge : Outcome.BadRequest;
        return response.Fault switch
        {
            ResponseFault.Broken => Outcome.UpstreamBroken,
            ResponseFault.Malformed => Outcome.UpstreamMalformed,
            ResponseFault.Refused => Outcome.UpstreamUnavailable,
            _ => Outcome.None,
        };
    }

    /// <summary>Sets the deadline of whoever is awaited now; false when it has passed.</summary>
    private bool AwaitNext(bool hasMoved)
    {
        response.Rest();
        if (response.IsHeadRead) request.Release();
        var awaitsClient = response.IsPending || request.AwaitsClient;
        if (hasMoved || awaitsClient != _awaitsClient)
        {
            _awaitsClient = awaitsClient;
            var patienceTicks = awaitsClient ? _clientStallTicks : _responseTimeoutTicks;
            if (response.IsPending) reader.Begin();
            else signal.DeadlineTicks = worker.Reactor.NowTicks + patienceTicks;
            return true;
        }
        if (!signal.IsExpired || (response.IsPending && reader.TryExtend())) return true;
        Outcome = awaitsClient ? Outcome.ClientStalled : Outcome.UpstreamTimeout;
        return false;
    }
}
