using System.Net;
using Sidecar.Http.Requests;
using Sidecar.Records;
using Sidecar.Transport;
using Sidecar.Transport.Buffers;

namespace Sidecar.Proxy.Line;

/// <summary>One client's connection, from accept to close: a request's straight line. One reactor's thread.</summary>
/// <remarks>
/// <code>
///    client                                                             model server
///      │  1 accept                                                            │
///      │  2 read head ── 3 check fields and framing                           │
///      │  4 decode context ── 5 registry: arrival ── (hold the body)          │
///      │  6 acquire a permit: at once, or score, queue, wait  ◄─ returned ─┐  │
///      │  7 rent an upstream connection  ◄─ resent ──────────────────────┐ │  │
///      │  8 send head and body ── 9 relay the response as it comes ◄─────┴─┴─►│
///      │ 10 finally: return or close the connection, release the permit, registry: completion
///      │ 11 next request
/// </code>
/// <see cref="ConnectionStage"/> and <see cref="ExchangeStage"/> tell every way through. A stage is polled: it does
/// what can be done now and names the stage that follows, itself where it has to wait. Then, and only then, the loop
/// awaits its one signal, which pulses for events of either socket, for the permit and for deadlines. Nothing here
/// allocates per request.
/// </remarks>
internal sealed class DownstreamConnection
{
    private readonly ReactorServices _reactor;
    private readonly ProxyServices _services;
    private readonly IConnectionKeeper _keeper;
    private readonly Signal _signal;
    private readonly SocketChannel _client;
    private readonly ByteBuffer _buffer;
    private readonly Turn _turn;
    private readonly OwnAnswerStep _own;
    private readonly HeadReader _reader;
    private readonly Exchange _exchange;
    private ConnectionStage _stage = ConnectionStage.Head;
    private LingeringReader? _linger;
    private bool _isKept;
    private bool _isCounted;
    private bool _isPlaceWanted;

    /// <exception cref="IOException">The kernel watches no further descriptor; this one is closed.</exception>
    internal DownstreamConnection(
        ReactorServices reactor, IConnectionKeeper keeper, int descriptor, IPAddress? address)
    {
        (_reactor, _services, _keeper) = (reactor, reactor.Shared, keeper);
        var options = _services.Options;
        var isEncrypted = _services.Certificate is not null;
        _signal = new Signal(reactor.Reactor);
        _client = reactor.Reactor.Adopt(descriptor, _signal);
        if (address is null && !isEncrypted) _client.LeaveLastByte();
        _buffer = new ByteBuffer(reactor.Buffers, _services.BodyMemory);
        _turn = new Turn(_signal);
        var watch = new StallWatch(_client, _signal, options.ClientStallTicks);
        _own = new OwnAnswerStep(_client, reactor.Buffers, watch, _signal);
        _reader = new HeadReader(
            reactor.RequestHeadParser, reactor.RequestHead, options, _services.State, _client, _buffer, _turn, _signal);
        var forwarded = new ForwardedFields(address, isEncrypted, options.Pseudonym);
        _exchange = new Exchange(reactor, _client, _buffer, forwarded, _own, watch, _turn, _signal);
    }

    /// <summary>Why the client's TLS handshake failed; null where it did not.</summary>
    internal string? HandshakeFailure => _client.HandshakeFailure;

    /// <summary>This and the next three properties are the keeper's list of idle connections.</summary>
    internal bool IsIdle { get; set; }

    internal long IdleSinceTicks { get; set; }

    internal DownstreamConnection? IdleBefore { get; set; }

    internal DownstreamConnection? IdleAfter { get; set; }

    internal void Start()
    {
        _reactor.Reactor.Attach(_signal);
        _ = RunAsync();
    }

    internal void Pulse() => _signal.Pulse();

    /// <summary>Ends the wait for a further request within this turn; false where something of one has come.</summary>
    internal bool TryCloseIdle()
    {
        _signal.Pulse();
        if (!_client.CheckSilent() || _client.UnreadBytes > 0) return false;
        _keeper.OnBusy(this);
        return _isPlaceWanted = true;
    }

    /// <summary>Ends the request under way: answers it as drained, or breaks off a response that has begun.</summary>
    internal void Cut()
    {
        if (!_exchange.IsOpen) return;
        _exchange.Drain();
        _signal.Pulse();
    }

    /// <summary>Runs the connection to its end; a failure ends this connection alone.</summary>
    private async Task RunAsync()
    {
        try
        {
            if (_services.Certificate is { } certificate) _client.Secure(certificate.Current, host: null);
            _reader.Begin();
            while (_stage != ConnectionStage.Closed)
            {
                var next = Poll();
                if (next == _stage) await _turn.Next();
                _stage = next;
            }
        }
        catch (Exception failure)
        {
            _services.Log.Error("connection-failed", failure);
            _client.Abort();
        }
        finally
        {
            if (_exchange.IsOpen) _exchange.End();
            Uncount();
            _client.Close();
            _buffer.Release();
            _own.Release();
            _reactor.Reactor.Detach(_signal);
            _keeper.OnClosed(this);
        }
    }

    private ConnectionStage Poll() => _stage switch
    {
        ConnectionStage.Head => PollHead(),                                             // 2, 3, 4, 5
        ConnectionStage.Exchange => PollExchange(),                                     // 6 to 10
        ConnectionStage.Answer => PollAnswer(),                                         // 11
        _ => _linger!.Poll() ? ConnectionStage.Closed : ConnectionStage.Linger,
    };

    private ConnectionStage PollHead()
    {
        if (!_isPlaceWanted && !_reader.Poll())
        {
            if (_reader.AwaitsClient) _keeper.OnIdle(this);
            return ConnectionStage.Head;
        }
        _keeper.OnBusy(this);
        if (_reader.Status == HeadStatus.Complete)
        {
            _isCounted = true;
            _keeper.OnExchangeBegun();
            _exchange.Begin(_reader.Head, HeadBytes);
            return ConnectionStage.Exchange;
        }
        _isKept = false;
        RefuseHead();
        return ConnectionStage.Answer;
    }

    private ConnectionStage PollExchange()
    {
        if (!_exchange.Poll()) return ConnectionStage.Exchange;
        _exchange.End();
        _isKept = Conclude();
        return ConnectionStage.Answer;
    }

    private ConnectionStage PollAnswer()
    {
        if (!_own.Poll()) return ConnectionStage.Answer;
        Uncount();
        if (_isKept && _client.IsOpen)
        {
            _reader.Begin();
            return ConnectionStage.Head;
        }
        // Nothing was said to a client that was idle, so nothing can be lost.
        if (_reader.Status == HeadStatus.Ended || _client.PeerClosed || _isPlaceWanted) return ConnectionStage.Closed;
        _linger = new LingeringReader(_client, _turn, _signal, _reactor.Scratch);
        return ConnectionStage.Linger;
    }

    /// <summary>Ends the count of a request once its answer is sent: a drain waits for that too.</summary>
    private void Uncount()
    {
        if (_isCounted) _keeper.OnExchangeEnded();
        _isCounted = false;
    }

    private ReadOnlySpan<byte> HeadBytes => _buffer.Array.AsSpan(_buffer.Start, _reader.Head.HeadLength);

    /// <summary>Answers a request that the model server did not; true when the connection goes on.</summary>
    private bool Conclude()
    {
        var outcome = _exchange.Outcome;
        if (outcome == Outcome.Completed) return _exchange.KeepsClient;
        if (_exchange.HasBegunResponse || (outcome == Outcome.ClientStalled && !_client.CanSend))
        {
            // No terminating chunk, no full length: the client can tell that it was broken off.
            _client.Abort();
            return false;
        }
        if (outcome == Outcome.BadRequest)
            return Say(Answers.Refusal(_reactor.Scratch, _exchange.Fault, _exchange.IsHeadOnly), keep: false);
        if (Outcomes.Of(outcome).Status == 0) return false;
        var keep = _exchange.KeepsClient && !_services.State.Draining;
        return Answer(outcome, keep, _exchange.IsHeadOnly, _exchange.HasTlsFailed);
    }

    /// <summary>Answers a head that was refused; does nothing where none was begun.</summary>
    private void RefuseHead()
    {
        var outcome = _reader.Status switch
        {
            HeadStatus.Malformed => Outcome.BadRequest,
            HeadStatus.TimedOut => Outcome.HeadTimeout,
            HeadStatus.OutOfMemory => Outcome.OutOfMemory,
            _ => Outcome.None,
        };
        if (outcome == Outcome.None) return;
        _services.Instruments[outcome].Add();
        if (outcome == Outcome.BadRequest)
            Say(Answers.Refusal(_reactor.Scratch, _reader.Fault, _reader.IsHeadOnly), keep: false);
        else
            Answer(outcome, keep: false, isHeadOnly: false);
    }

    private bool Answer(Outcome outcome, bool keep, bool isHeadOnly, bool hasTlsFailed = false)
    {
        // Only where it is told: the gate reckons it under its lock.
        var retryAfterSeconds = !Outcomes.Of(outcome).MayBeRetried ? -1
            : outcome == Outcome.ExpectedWait ? _services.Gate.HopeAfterSeconds
            : _services.Gate.RetryAfterSeconds;
        return Say(
            Answers.Write(_reactor.Scratch, outcome, retryAfterSeconds, keep, isHeadOnly, hasTlsFailed), keep);
    }

    private bool Say(int length, bool keep)
    {
        _own.Say(_reactor.Scratch.AsSpan(0, length));
        return keep;
    }
}
