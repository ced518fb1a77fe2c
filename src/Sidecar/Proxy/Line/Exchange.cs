using Sidecar.Engines;
using Sidecar.Http;
using Sidecar.Http.Bodies;
using Sidecar.Http.Requests;
using Sidecar.Proxy.Relay;
using Sidecar.Records;
using Sidecar.Transport;
using Sidecar.Transport.Buffers;
using Sidecar.Transport.Kernel;
using Sidecar.Upstream;

namespace Sidecar.Proxy.Line;

/// <summary>One request and its response, in steps that each do what can be done now and say whether they have ended.
/// Reused for the requests of one connection, on its reactor's thread.</summary>
/// <remarks>Owns what a request may hold (a place in the queue or a permit, a place in the registry, an upstream
/// connection); <see cref="End"/> gives each back exactly once, however the request ended.</remarks>
internal sealed class Exchange
{
    private readonly ProxyServices _services;
    private readonly SocketChannel _client;
    private readonly ByteBuffer _responseBuffer;
    private readonly OwnAnswerStep _own;
    private readonly Turn _turn;
    private readonly Signal _signal;
    private readonly RequestSide _request;
    private readonly ResponseSide _response;
    private readonly AdmissionStep _admission;
    private readonly ConnectStep _connect;
    private readonly RelayStep _relay;
    private readonly TunnelStep _tunnel;
    private readonly RequestRecord _record = new();
    private ResendRule _resend;
    private KnownMethod _method;
    private ResponsePlan _plan;
    private bool _owesContinue;
    private bool _isTunnel;

    internal Exchange(
        ReactorServices reactor, SocketChannel client, ByteBuffer requestBuffer, ForwardedFields forwarded,
        OwnAnswerStep own, StallWatch watch, Turn turn, Signal signal)
    {
        (_services, _client, _own, _turn, _signal) = (reactor.Shared, client, own, turn, signal);
        var options = _services.Options;
        var timeouts = new RelayTimeouts(options.ClientStallTicks, reactor.Upstream.Options.ResponseTimeoutTicks);
        // Only heads make it grow: the permits, and what bypasses the gate, times the head limit.
        _responseBuffer = new ByteBuffer(reactor.Buffers, memory: null);
        _request = new RequestSide(options, client, requestBuffer, forwarded, reactor.Scratch, turn);
        _response = new ResponseSide(
            reactor.ResponseHeadParser, reactor.ResponseFields, client, _services.Certificate is not null,
            _responseBuffer, reactor.Scratch);
        _admission = new AdmissionStep(
            _services.Gate, _services.Workloads, _services.Instruments, options.DefaultCriticality,
            new ExchangeWaiter(signal));
        _connect = new ConnectStep(reactor.Upstream, signal);
        _relay = new RelayStep(
            client, _request, _response, own, watch, timeouts, _services.Engine, _services.State, turn, signal);
        _tunnel = new TunnelStep(client, requestBuffer, _responseBuffer, watch, timeouts, turn, signal);
    }

    internal ExchangeStage Stage { get; private set; } = ExchangeStage.Over;

    internal Outcome Outcome { get; private set; }

    /// <summary>The exchange has begun and not ended: it may hold something.</summary>
    internal bool IsOpen { get; private set; }

    /// <summary>The client's connection may carry another request: both messages ended by their framing.</summary>
    internal bool KeepsClient { get; private set; }

    /// <summary>Some of a response was sent, so no answer of the sidecar's own may follow.</summary>
    internal bool HasBegunResponse => _response.HasBegun;

    internal HttpFault Fault => _request.Fault;

    /// <summary>If the outcome is a refusal: the model server accepted the connection, but TLS on it failed.</summary>
    internal bool HasTlsFailed => _connect.HasTlsFailed;

    internal bool IsHeadOnly => _method == KnownMethod.Head;

    /// <summary>Takes a head that was just read: decodes its context and rewrites it in place.</summary>
    internal void Begin(RequestHead head, ReadOnlySpan<byte> source)
    {
        (IsOpen, Stage, Outcome, KeepsClient) = (true, ExchangeStage.Body, Outcome.None, false);
        // An offer to switch protocols may be ignored (RFC 9110 section 7.8); with a body nobody makes one.
        head.Upgrade &= !head.HasBody;
        (_method, _isTunnel, _resend) = (head.Method, false, default);
        _plan = new ResponsePlan(head.IsHttp11, head.KeepAlive, head.Upgrade);
        _record.Begin(_signal.Reactor.NowTicks);
        if (_services.Readers.WantTexts) RecordTexts.Fill(_record, head, source);
        _admission.Reset();
        _response.Begin(_method);
        if (_services.State.Closing) Drain();
        else _admission.Begin(head, source, _record.ArrivedTicks, _record);
        _request.Begin(head);
        _owesContinue = head.ExpectContinue && !_request.IsWhole && Outcome == Outcome.None;
        var room = _services.Options.BodyBufferBytes - ByteBuffer.HeadroomBytes - head.HeadLength;
        var fits = head.Framing != BodyFraming.Length || head.ContentLength <= room;
        if (fits) SendContinue();
        AwaitBody();
    }

    /// <summary>Does what can be done now; true when the request is over.</summary>
    internal bool Poll()
    {
        while (Stage != ExchangeStage.Over)
        {
            var next = Stage switch
            {
                ExchangeStage.Body => PollBody(),
                ExchangeStage.Permit => PollPermit(),                                   // 6
                ExchangeStage.Connect => PollConnect(),                                 // 7
                ExchangeStage.Relay => PollRelay(),                                     // 8, 9
                _ => PollTunnel(),                                                      // 9, switched
            };
            if (next == Stage) return false;
            Stage = next;
        }
        return true;
    }

    /// <summary>Ends a request that the drain has no more time for; between two polls, before any outcome.</summary>
    internal void Drain() => Stage = Finish(Outcome.Draining);

    /// <summary>Holds the body until it is whole, or as much of it as may be held.</summary>
    private ExchangeStage PollBody()
    {
        // A client that waits for its 100 at dispatch has nothing to be held; neither has one that does not queue.
        if (!_request.IsRefused && (_owesContinue || _admission.NeverWaits)) return ExchangeStage.Permit;
        if (_own.Flush()) AwaitBody();
        if (_own.IsBroken) return Finish(Outcome.ClientLeftQueued);
        while (_request is { IsWhole: false, IsRefused: false })
        {
            if (!_turn.TryMove()) return ExchangeStage.Body;
            switch (_request.Hold(out var isFull))
            {
                case IoStatus.Done when isFull:
                    return ExchangeStage.Permit;
                case IoStatus.Done:
                    AwaitBody();
                    continue;
                case IoStatus.Blocked:
                    var hasStalled = _signal.IsExpired && !_own.TryExtend();
                    return hasStalled ? Finish(Outcome.ClientStalled) : ExchangeStage.Body;
                default:
                    return Finish(Outcome.ClientLeftQueued);
            }
        }
        if (!_request.IsRefused) return ExchangeStage.Permit;
        return Finish(_request.IsTooLarge ? Outcome.BodyTooLarge : Outcome.BadRequest);
    }

    private ExchangeStage PollPermit()
    {
        _signal.NeverExpire();
        if (!_admission.Poll(_client.PeerClosed))
        {
            _own.Flush();
            _request.Shrink();
            return ExchangeStage.Permit;
        }
        if (_admission.Outcome != Outcome.None) return Finish(_admission.Outcome);
        return ExchangeStage.Connect;
    }

    private ExchangeStage PollConnect()
    {
        if (_client.PeerClosed) return Finish(Outcome.ClientLeftRunning);
        // Between the grant and this moment the gate may have closed; nothing of this request has been sent.
        if (!_admission.MayBeSent && !_resend.IsUsed) return Requeue();
        var status = _connect.Poll(mustBeNew: _resend.IsUsed);
        if (status == ConnectStatus.Pending) return ExchangeStage.Connect;
        if (status == ConnectStatus.Exhausted) return Finish(Outcome.UpstreamUnavailable);
        if (status == ConnectStatus.Refused) return OnRefused();
        SendContinue();
        if (_record.Attempts++ == 0) _record.SentTicks = _signal.Reactor.NowTicks;
        _resend.OnSent(_signal.Reactor.NowTicks, _connect.Connection.RestedTicks);
        _relay.Begin(_connect.Connection.Channel, _plan with
        {
            QueueTicks = _admission.WaitTicks, HasPermit = !_admission.Bypasses, MayReturn = !_admission.NeverWaits,
            MayBeFull = !_admission.NeverWaits && !_record.WasRefused && _services.Engine.Refusals.MayReturn,
        });
        return ExchangeStage.Relay;
    }

    private ExchangeStage PollRelay()
    {
        var hasEnded = _relay.Poll();
        if (!_record.IsAnswered && _response.IsHeadRead) OnAnswered();
        if (!hasEnded) return ExchangeStage.Relay;
        switch (_relay.Outcome)
        {
            case Outcome.Completed when _response.IsSwitched:
                _request.End();
                _tunnel.Begin(_connect.Connection.Channel);
                _isTunnel = true;
                return ExchangeStage.Tunnel;
            case Outcome.UpstreamUnavailable when _response.IsFull:
                _services.Engine.Refusals.OnReturned();
                _record.WasRefused = true;
                return Requeue(isFull: true);
            case Outcome.UpstreamUnavailable:
                _services.Engine.OnNotReady();
                return Requeue();
            case Outcome.UpstreamBroken when TryResend():
                BeginAgain();
                return ExchangeStage.Connect;
            case Outcome.UpstreamBroken:
                // Before the permit is free: what waits must not follow into a model server that is ending.
                if (!_admission.NeverWaits) _services.Engine.OnBroken();
                return Finish(Outcome.UpstreamBroken);
            default:
                return Finish(_relay.Outcome);
        }
    }

    private ExchangeStage PollTunnel() => _tunnel.Poll() ? Finish(_tunnel.Outcome) : ExchangeStage.Tunnel;

    /// <summary>Gives back all that the request held.</summary>
    internal void End()
    {
        IsOpen = false;
        _signal.NeverExpire();
        var isComplete = Outcome == Outcome.Completed;
        // What a head has announced holds, though the model server may have answered before it had all of the request.
        KeepsClient = isComplete
            ? _response.KeepsClient
            : _plan.KeepsClient && _request is { IsWhole: true, IsRefused: false } && !_response.HasBegun;
        // The upstream connection first: a permit that is free means that the model server has let go.
        if (isComplete && _request.IsSent && _response.KeepsUpstream) _connect.Return(_response.Head);
        else _connect.Close();
        _record.EndedTicks = _signal.Reactor.NowTicks;
        var isFull = _record.WasRefused && _services.Engine.Refusals.IsFull(_record.Status);
        _admission.End(_record.EndedTicks, _record, isFull);
        if (!_isTunnel) _request.End();
        _responseBuffer.Release();
        _record.Outcome = Stage == ExchangeStage.Over ? Outcome : Outcome.Failed;
        (_record.RequestBodyBytes, _record.ResponseBodyBytes) = (_request.BodyBytes, _response.BodyBytes);
        _services.Readers.OnEnded(_record);
    }

    /// <summary>Notes that the model server has taken the request up: it will not be sent again.</summary>
    private void OnAnswered()
    {
        _admission.Note(_record);
        (_record.IsAnswered, _record.AnsweredTicks) = (true, _signal.Reactor.NowTicks);
        (_record.Status, _record.IsStreamed) = (_response.Head.Status, _response.IsStreamed);
        _services.Readers.OnAnswered(_record);
        if (_record.HadPermit && (_record.WasRefused || EngineRefusals.IsRefusal(_record.Status)))
            _services.Engine.Refusals.OnAnswered(_record);
        if (!_admission.Bypasses && _record.Status is >= 200 and < 300) _services.Engine.OnServed();
    }

    /// <summary>A request that was sent once may have been taken up, and does not go back to the queue.</summary>
    private ExchangeStage OnRefused()
    {
        if (_admission.NeverWaits) return Finish(Outcome.UpstreamRefused);
        _services.Engine.OnRefused(_connect.Failure ?? "the model server refuses connections");
        return _resend.IsUsed ? Finish(Outcome.UpstreamBroken) : Requeue();
    }

    /// <summary>Queues a request again of which nothing was taken up; the gate may let it try at once.</summary>
    private ExchangeStage Requeue(bool isFull = false)
    {
        _services.Instruments.Returns.Add();
        _admission.ReturnToQueue(isFull);
        BeginAgain();
        return ExchangeStage.Permit;
    }

    private bool TryResend()
    {
        if (!_services.Options.Resends || !_services.Engine.IsHealthy) return false;
        if (!_request.IsHeldWhole || !_response.IsSilent || !_resend.TryUse(_signal.Reactor.NowTicks)) return false;
        _services.Instruments.Resends.Add();
        return true;
    }

    private void BeginAgain()
    {
        _connect.Close();
        _request.Rewind();
        _response.Begin(_method);
    }

    /// <summary>Sends the 100 that a client waits for, once (RFC 9110 section 10.1.1).</summary>
    private void SendContinue()
    {
        if (_owesContinue) _own.Say("HTTP/1.1 100 Continue\r\n\r\n"u8);
        _owesContinue = false;
    }

    private void AwaitBody() => _signal.ExpireAfter(_services.Options.ClientStallTicks);

    private ExchangeStage Finish(Outcome outcome)
    {
        Outcome = outcome;
        return ExchangeStage.Over;
    }
}
