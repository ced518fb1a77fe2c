using System.Net;
using Sidecar.Http;
using Sidecar.Telemetry;
using Sidecar.Transport;

namespace Sidecar.Proxy;

/// <summary>
/// One client's connection, from accept to close: the one straight line of a request. Lives on one reactor's thread.
/// </summary>
/// <remarks>
/// <code>
///    client                                                             model server
///      │  1 accept                                                            │
///      │  2 read head ── 3 check fields and framing                           │
///      │  4 decode context ── 5 registry: arrival ── (hold the body)          │
///      │  6 acquire a permit: at once, or score, queue, wait                  │
///      │  7 rent an upstream connection ── registry: dispatch ───────────────►│
///      │  8 send head and body ── 9 relay the response as it comes ◄─────────►│
///      │ 10 finally: return or close the connection, release the permit, registry: completion
///      │ 11 next request
/// </code>
/// Each step is polled: it does what can be done now and says whether it has ended; in between, the loop awaits its one
/// signal, which pulses for events of either socket, for the permit and for deadlines. Nothing here allocates per
/// request.
/// </remarks>
internal sealed class DownstreamConnection
{
    private readonly ProxyWorker _worker;
    private readonly Signal _signal;
    private readonly SocketChannel _client;
    private readonly ByteBuffer _buffer;
    private readonly Turn _turn;
    private readonly OwnAnswerStep _own;
    private readonly HeadReader _reader;
    private readonly Exchange _exchange;
    private bool _isInExchange;
    private bool _isPlaceWanted;

    internal DownstreamConnection(ProxyWorker worker, int descriptor, IPAddress? address)
    {
        _worker = worker;
        _signal = new Signal(worker.Reactor);
        _client = worker.Reactor.Adopt(descriptor, _signal);
        if (address is null && worker.Services.Certificate is null) _client.LeaveLastByte();
        _buffer = new ByteBuffer(worker.Buffers, worker.Services.BodyMemory);
        _turn = new Turn(_signal);
        var watch = new StallWatch(worker, _client, _signal);
        _own = new OwnAnswerStep(worker, _client, watch, _signal);
        _reader = new HeadReader(worker, _client, _buffer, _turn, _signal);
        var services = worker.Services;
        var forwarded = new ForwardedFields(address, services.Certificate is not null, services.Options.Pseudonym);
        _exchange = new Exchange(worker, _client, _buffer, forwarded, _own, watch, _turn, _signal);
    }

    /// <summary>Why its TLS handshake came to nothing; null where it did not.</summary>
    internal string? HandshakeFailure => _client.HandshakeFailure;

    /// <summary>These four are the worker's list of idle connections.</summary>
    internal bool IsIdle { get; set; }

    internal long IdleSinceTicks { get; set; }

    internal DownstreamConnection? IdleBefore { get; set; }

    internal DownstreamConnection? IdleAfter { get; set; }

    internal void Start()
    {
        _worker.Reactor.Attach(_signal);
        _ = RunContainedAsync();
    }

    internal void Pulse() => _signal.Pulse();

    /// <summary>Ends the wait for a further request within this turn; false where something of one has come.</summary>
    internal bool TryCloseIdle()
    {
        _signal.Pulse();
        if (!_client.CheckSilent() || _client.UnreadBytes > 0) return false;
        _worker.OnBusy(this);
        return _isPlaceWanted = true;
    }

    /// <summary>
    /// Ends a request that is under way: answered as drained, or broken off where its response has begun.
    /// </summary>
    internal void Cut()
    {
        if (!_isInExchange) return;
        _exchange.Drain();
        _signal.Pulse();
    }

    /// <summary>A failure of one connection is that connection's.</summary>
    private async Task RunContainedAsync()
    {
        try
        {
            await RunAsync();
        }
        catch (Exception failure)
        {
            _worker.Services.Log.Error("connection-failed", failure);
            _client.Abort();
        }
        finally
        {
            if (_isInExchange) EndExchange();
            _client.Close();
            _buffer.Release();
            _own.Release();
            _worker.Reactor.Detach(_signal);
            _worker.OnClosed(this);
        }
    }

    private async Task RunAsync()
    {
        if (_worker.Services.Certificate is { } certificate) _client.Secure(certificate.Current, host: null);
        var isKept = true;
        while (isKept)
        {
            _reader.Begin();
            while (!_isPlaceWanted && !_reader.Poll())                                  // 2, 3
            {
                if (_reader.AwaitsClient) _worker.OnIdle(this);
                await _turn.Next();
            }
            _worker.OnBusy(this);
            if (_reader.Status != HeadStatus.Complete) break;
            try
            {
                BeginExchange();                                                        // 4, 5
                while (!_exchange.IsOver && !_exchange.PollBody()) await _turn.Next();
                do
                {
                    while (!_exchange.IsOver && !_exchange.PollPermit()) await _turn.Next();    // 6
                    while (!_exchange.IsOver && !_exchange.PollUpstream()) await _turn.Next();  // 7
                    while (_exchange.IsUnderWay && !_exchange.PollRelay()) await _turn.Next();  // 8, 9
                }
                while (_exchange.IsReturned);
                while (!_exchange.IsOver && !_exchange.PollTunnel()) await _turn.Next();        // 9, switched
            }
            finally
            {
                _exchange.End();                                                        // 10
            }
            isKept = Conclude();
            while (!_own.Poll()) await _turn.Next();
            EndExchange();
            isKept &= _client.IsOpen;                                                   // 11
        }
        RefuseHead();
        while (!_own.Poll()) await _turn.Next();
        // Nothing was said to a client that was idle, so nothing can be lost.
        if (_reader.Status != HeadStatus.Ended && !_client.PeerClosed && !_isPlaceWanted) await LingerAsync();
    }

    private void BeginExchange()
    {
        _isInExchange = true;
        _worker.OnExchangeBegun();
        _exchange.Begin(_reader.Head, HeadBytes);
    }

    /// <summary>With its answer sent, whoever gave it: a drain waits for that too.</summary>
    private void EndExchange()
    {
        _isInExchange = false;
        _worker.OnExchangeEnded();
    }

    private ReadOnlySpan<byte> HeadBytes => _buffer.Array.AsSpan(_buffer.Start, _reader.Head.HeadLength);

    /// <summary>Answers what the model server did not; true when the connection goes on.</summary>
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
            return Say(Answers.Refusal(_worker, _exchange.Fault, _exchange.IsHeadOnly), keep: false);
        if (OwnAnswers.StatusOf(outcome) == 0) return false;
        var keep = _exchange.KeepsClient && !_worker.Services.State.Draining;
        var hasTlsFailed = _exchange.HasTlsFailed;
        return Say(Answers.Write(_worker, outcome, keep, _exchange.IsHeadOnly, hasTlsFailed), keep);
    }

    /// <summary>Answers a head that is none; does nothing for one that was read, or never begun.</summary>
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
        _worker.Services.Instruments[outcome].Add();
        Say(outcome == Outcome.BadRequest
            ? Answers.Refusal(_worker, _reader.Fault, _reader.IsHeadOnly)
            : Answers.Write(_worker, outcome, keepAlive: false, headOnly: false), keep: false);
    }

    private bool Say(int length, bool keep)
    {
        _own.Say(_worker.Scratch.AsSpan(0, length));
        return keep;
    }

    /// <summary>
    /// Reads on for a while after the last answer, so that bytes still under way do not make the kernel reset the
    /// connection before the client has read it (RFC 9112 section 9.6).
    /// </summary>
    private async Task LingerAsync()
    {
        var reader = new LingeringReader(_worker, _client, _turn, _signal);
        while (!reader.Poll()) await _turn.Next();
    }
}
