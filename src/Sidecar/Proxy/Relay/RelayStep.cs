using Sidecar.Engines;
using Sidecar.Lifecycle;
using Sidecar.Records;
using Sidecar.Transport;

namespace Sidecar.Proxy.Relay;

/// <summary>Moves a request up and its response down at the same time, until both have ended or one cannot. Reused for
/// the requests of one connection, on its reactor's thread.</summary>
internal sealed class RelayStep(
    SocketChannel client, RequestSide request, ResponseSide response, OwnAnswerStep own, StallWatch watch,
    RelayTimeouts timeouts, EngineMonitor engine, SidecarState state, Turn turn, Signal signal)
{
    private SocketChannel? _upstream;
    private ResponsePlan _plan;
    private bool _awaitsClient;
    private bool _hasMoved;

    internal Outcome Outcome { get; private set; }

    /// <summary>Starts when both sides have begun, and nothing of the response has come.</summary>
    internal void Begin(SocketChannel upstream, in ResponsePlan plan)
    {
        (_upstream, _plan, _awaitsClient, _hasMoved, Outcome) = (upstream, plan, false, false, Outcome.None);
        signal.ExpireAfter(timeouts.ResponseTicks);
    }

    /// <summary>True when <see cref="Outcome"/> is final.</summary>
    internal bool Poll()
    {
        // First, so that the response waits behind it: a socket that was full takes nothing until its next event.
        _hasMoved |= own.Flush();
        while (turn.TryMove())
        {
            var plan = _plan with
            {
                // Of what is whole nothing is left to come, whether the model server takes it all or not.
                KeepsClient = _plan.KeepsClient && request.IsWhole && !state.Draining,
                MayReturn = _plan.MayReturn && request.IsHeldWhole && engine.RefusesBy503,
                MayBeFull = _plan.MayBeFull && request.IsHeldWhole,
            };
            var moved = request.Move(_upstream!) | response.Move(_upstream!, plan);
            if (response.HasReceived && plan.HasPermit) engine.Answers.NoteByte(signal.Reactor.NowTicks);
            Outcome = Judge();
            if (Outcome != Outcome.None) return true;
            _hasMoved |= moved;
            if (!moved) return !AwaitNext();
        }
        return false;
    }

    /// <summary>The outcome so far; a completed one stands, even if the client has left since.</summary>
    private Outcome Judge()
    {
        if (response.IsDone) return Outcome.Completed;
        if (client.PeerClosed || own.IsBroken || response.Outcome == Outcome.ClientLeftRunning)
            return Outcome.ClientLeftRunning;
        if (request.IsRefused) return request.IsTooLarge ? Outcome.BodyTooLarge : Outcome.BadRequest;
        return response.Outcome;
    }

    /// <summary>Sets the deadline for the side that is awaited now; false when it has passed.</summary>
    private bool AwaitNext()
    {
        response.ReleaseIfEmpty();
        if (response.IsHeadRead) request.Release();
        var isBlocked = response.IsPending || own.IsPending;
        var awaitsClient = isBlocked || request.AwaitsClient;
        if (_hasMoved || awaitsClient != _awaitsClient)
        {
            (_awaitsClient, _hasMoved) = (awaitsClient, false);
            if (isBlocked) watch.Begin();
            else signal.ExpireAfter(awaitsClient ? timeouts.ClientStallTicks : timeouts.ResponseTicks);
            return true;
        }
        if (!signal.IsExpired || (isBlocked && watch.TryExtend())) return true;
        Outcome = awaitsClient ? Outcome.ClientStalled : Outcome.UpstreamTimeout;
        return false;
    }
}
