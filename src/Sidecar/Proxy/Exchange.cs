using Sidecar.Http;
using Sidecar.Telemetry;
using Sidecar.Transport;
using Sidecar.Upstream;

namespace Sidecar.Proxy;

/// <summary>
/// One request and its response, in steps that each do what can be done now and say whether they have ended. Reused for
/// the requests of one connection, on its reactor's thread.
/// </summary>
/// <remarks>
/// Owns what a request may hold (a place in the queue or a permit, a place in the registry, an upstream connection);
/// <see cref="End"/> gives each back exactly once, however the request ended.
/// </remarks>
internal sealed class Exchange
{
    private readonly ProxyWorker _worker;
    private readonly SocketChannel _client;
    private readonly ByteBuffer _responseBuffer;
    private readonly OwnAnswerStep _own;
    private readonly Turn _turn;
    private readonly Signal _signal;
    private readonly RequestSide _request;
    private readonly ResponseSide _response;
    private readonly AdmissionStep _admission;
    private readonly RelayStep _relay;
    private readonly TunnelStep _tunnel;
    private readonly UpstreamConnector _connector;
    private readonly ResendRule _resend;
    private readonly RequestLog _log;
    private UpstreamConnection? _upstream;
    private KnownMethod _method;
    private bool _isHttp11;
    private bool _keepsClient;
    private bool _owesContinue;
    private bool _asksUpgrade;
    private bool _isTunnel;
    private bool _isAnswered;

    internal Exchange(
        ProxyWorker worker, SocketChannel client, ByteBuffer requestBuffer, ForwardedFields forwarded,
        OwnAnswerStep own, StallWatch reader, Turn turn, Signal signal)
    {
        (_worker, _client, _own, _turn, _signal) = (worker, client, own, turn, signal);
        // Only heads make it grow: the permits, and what bypasses the gate, times the head limit.
        _responseBuffer = new ByteBuffer(worker.Buffers, memory: null);
        _request = new RequestSide(worker, client, requestBuffer, forwarded, turn);
        _response = new ResponseSide(worker, client, _responseBuffer);
        _admission = new AdmissionStep(worker.Services, new ExchangeWaiter(signal));
        _relay = new RelayStep(worker, client, _request, _response, own, reader, turn, signal);
        _tunnel = new TunnelStep(worker, client, requestBuffer, _responseBuffer, reader, turn, signal);
        _connector = new UpstreamConnector(worker.Upstream, signal);
        _resend = new ResendRule(worker, _request, _response);
        _log = new RequestLog(worker.Services.Log);
    }

    internal Outcome Outcome { get; private set; }

    internal bool IsOver => Outcome != Outcome.None;

    /// <summary>Neither over nor returned.</summary>
    internal bool IsUnderWay => !IsOver && !IsReturned;

    /// <summary>
    /// The model server was not there: the request begins again with its permit, which it has lost unless it may be
    /// sent once more at once.
    /// </summary>
    internal bool IsReturned { get; private set; }

    /// <summary>
    /// The client's connection may carry another request: both messages ended where their framing said.
    /// </summary>
    internal bool KeepsClient { get; private set; }

    /// <summary>Some of a response was sent, so no answer of the sidecar's own may follow.</summary>
    internal bool HasBegunResponse => _response.HasBegun;

    internal HttpFault Fault => _request.Fault;

    /// <summary>Where the outcome is a refusal: the model server accepted the connection, but not TLS on it.</summary>
    internal bool HasTlsFailed => _connector.HasTlsFailed;

    internal bool IsHeadOnly => _method == KnownMethod.Head;

    /// <summary>Takes a head that was just read: decodes its context and rewrites it in place.</summary>
    internal void Begin(RequestHead head, ReadOnlySpan<byte> source)
    {
        (Outcome, KeepsClient, IsReturned) = (Outcome.None, false, false);
        (_method, _isHttp11, _keepsClient) = (head.Method, head.Version11, head.KeepAlive);
        // An offer to switch protocols may be ignored (RFC 9110 section 7.8); with a body nobody makes one.
        head.Upgrade &= !head.HasBody;
        (_asksUpgrade, _isTunnel, _isAnswered) = (head.Upgrade, false, false);
        _log.Begin(head, source);
        _admission.Reset();
        _response.Reset();
        _resend.Reset();
        if (_worker.Services.State.Closing) Outcome = Outcome.Draining;
        else _admission.Begin(head, source, _worker.Reactor.NowTicks);
        _request.Begin(head);
        _owesContinue = head.ExpectContinue && !_request.IsWhole && !IsOver;
        var room = _worker.Services.Options.BodyBufferBytes - ByteBuffer.HeadroomBytes - head.HeadLength;
        var fits = head.Framing != BodyFraming.Length || head.ContentLength <= room;
        if (fits) SendContinue();
        AwaitBody();
    }

    /// <summary>
    /// Holds the body of a request that may have to wait: true when it is whole, or as much as may be held.
    /// </summary>
    internal bool PollBody()
    {
        // A client that waits for its 100 at dispatch has nothing to be held; neither has one that does not queue.
        if (_request.MayGoOn && (_owesContinue || _admission.Bypasses)) return true;
        if (_own.Flush()) AwaitBody();
        if (_own.IsBroken) return Finish(Outcome.ClientLeftQueued);
        while (_request is { IsWhole: false, MayGoOn: true })
        {
            if (!_turn.TryMove()) return false;
            switch (_request.Hold(out var isFull))
            {
                case IoStatus.Done when isFull:
                    return true;
                case IoStatus.Done:
                    AwaitBody();
                    continue;
                case IoStatus.Blocked:
                    return _signal.IsExpired && !_own.TryExtend() && Finish(Outcome.ClientStalled);
                default:
                    return Finish(Outcome.ClientLeftQueued);
            }
        }
        if (_request.MayGoOn) return true;
        return Finish(_request.IsTooLarge ? Outcome.BodyTooLarge : Outcome.BadRequest);
    }

    /// <summary>True when the request has passed the gate.</summary>
    internal bool PollPermit()
    {
        _signal.DeadlineTicks = long.MaxValue;
        IsReturned = false;
        if (!_admission.Poll(_client.PeerClosed))
        {
            _own.Flush();
            _request.Shrink();
            return false;
        }
        Outcome = _admission.Outcome;
        return true;
    }

    /// <summary>True when there is a connection to the model server, or none can be had.</summary>
    internal bool PollUpstream()
    {
        if (_client.PeerClosed) return Finish(Outcome.ClientLeftRunning);
        // Between the grant and this moment the gate may have closed; nothing of this request has been sent.
        if (!_admission.MayBeSent && !_resend.IsUsed) return Return();
        var status = _resend.IsUsed ? _connector.Poll(out _upstream) : _connector.Rent(out _upstream);
        if (status == ConnectStatus.Pending) return false;
        if (status == ConnectStatus.Exhausted) return Finish(Outcome.UpstreamUnavailable);
        if (status == ConnectStatus.Refused) return OnRefused();
        SendContinue();
        _resend.OnSent(_upstream!);
        _relay.Begin(_upstream!.Channel, _method, new ResponsePlan(
            _isHttp11, _keepsClient, _admission.WaitTicks, _asksUpgrade, TakesRefusal: !_admission.Bypasses));
        return true;
    }

    /// <summary>True when request and response have been relayed, or one of them cannot be.</summary>
    internal bool PollRelay()
    {
        var hasEnded = _relay.Poll();
        if (!_isAnswered && _response.IsHeadRead) OnAnswered();
        if (!hasEnded) return false;
        switch (_relay.Outcome)
        {
            case Outcome.Completed when _response.IsSwitched:
                _request.End();
                _tunnel.Begin(_upstream!.Channel);
                return _isTunnel = true;
            case Outcome.UpstreamUnavailable:
                _worker.Services.Engine.OnNotReady();
                return Return();
            case Outcome.UpstreamBroken when _resend.TryUse():
                return BeginAgain();
            case Outcome.UpstreamBroken:
                // Before the permit is free: what waits must not follow into a model server that is ending.
                if (!_admission.Bypasses) _worker.Services.Engine.OnBroken();
                return Finish(Outcome.UpstreamBroken);
            default:
                return Finish(_relay.Outcome);
        }
    }

    /// <summary>True when a switched protocol has ended too.</summary>
    internal bool PollTunnel() => _tunnel.Poll() && Finish(_tunnel.Outcome);

    /// <summary>
    /// Ends a request that the drain has no more time for; between two polls, where no outcome stands, or after
    /// <see cref="End"/>, when it has been told.
    /// </summary>
    internal void Drain() => Outcome = Outcome.Draining;

    /// <summary>Gives back all that the request held.</summary>
    internal void End()
    {
        _signal.DeadlineTicks = long.MaxValue;
        _connector.Abandon();
        var isComplete = Outcome == Outcome.Completed;
        // What a head has announced holds, though the model server may have answered before it had all of the request.
        KeepsClient = isComplete
            ? _response.KeepsClient
            : _keepsClient && _request is { IsWhole: true, MayGoOn: true } && !_response.HasBegun;
        // The upstream connection first: a permit that is free means that the model server has let go.
        if (_upstream is not null) LetGo(_upstream, isComplete && _request.IsSent && _response.KeepsUpstream);
        _upstream = null;
        _admission.End(_worker.Reactor.NowTicks);
        if (!_isTunnel) _request.End();
        _responseBuffer.Release();
        var outcome = IsOver ? Outcome : Outcome.Failed;
        _worker.Services.Instruments[outcome].Add();
        _log.End(outcome, _request.BodyBytes, _response.IsHeadRead ? _response.Head.Status : 0, _admission.WorkloadId);
    }

    private void LetGo(UpstreamConnection upstream, bool isReusable)
    {
        var head = _response.Head;
        if (!isReusable)
        {
            upstream.Channel.Close();
            return;
        }
        var wasStreamed = head.Framing == BodyFraming.Chunked;
        _worker.Upstream.Return(upstream, head.KeepAliveTimeoutSeconds, head.KeepAliveMax, wasStreamed);
    }

    /// <summary>The model server has taken the request up: it will not be sent again.</summary>
    private void OnAnswered()
    {
        _isAnswered = true;
        _admission.CountWait();
        if (!_admission.Bypasses && _response.Head.Status is >= 200 and < 300) _worker.Services.Engine.OnServed();
    }

    /// <summary>What was sent once may have been taken up, and does not go back to the queue.</summary>
    private bool OnRefused()
    {
        if (_admission.Bypasses) return Finish(Outcome.UpstreamRefused);
        _worker.Services.Engine.OnRefused(_connector.Failure ?? "the model server refuses connections");
        return _resend.IsUsed ? Finish(Outcome.UpstreamBroken) : Return();
    }

    /// <summary>Nothing of the request was taken up: it waits again, unless the gate lets it try at once.</summary>
    private bool Return()
    {
        _worker.Services.Instruments.Returns.Add();
        _admission.ReturnToQueue();
        return BeginAgain();
    }

    private bool BeginAgain()
    {
        _connector.Abandon();
        _upstream?.Channel.Close();
        _upstream = null;
        _request.Rewind();
        return IsReturned = true;
    }

    /// <summary>RFC 9110 section 10.1.1.</summary>
    private void SendContinue()
    {
        if (_owesContinue) _own.Say("HTTP/1.1 100 Continue\r\n\r\n"u8);
        _owesContinue = false;
    }

    private void AwaitBody() =>
        _signal.DeadlineTicks = _worker.Reactor.NowTicks + _worker.Services.Options.ClientStallTicks;

    private bool Finish(Outcome outcome)
    {
        Outcome = outcome;
        return true;
    }
}
