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
        _reader = new HeadReader(worker, _client, _buffer, _signal);
        var forwarded = new ForwardedFields(address, isTls: worker.Services.Certificate is not null);
        _exchange = new Exchange(worker, _client, _buffer, forwarded, _signal);
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

    /// <summary>Breaks off a request that is under way, so that its client can tell.</summary>
    internal void Cut()
    {
        if (_isInExchange) _client.Abort();
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
            _client.Close();
            _buffer.Release();
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
            _worker.OnIdle(this);
            while (!_isPlaceWanted && !_reader.Poll()) await _signal;               // 2, 3
            _worker.OnBusy(this);
            if (_reader.Status != HeadStatus.Complete) break;
            try
            {
                _isInExchange = true;
                _worker.OnExchangeBegun();
                _exchange.Begin(_reader.Head, HeadBytes);                           // 4, 5
                while (!_exchange.IsOver && !_exchange.PollBody()) await _signal;
                do
                {
                    while (!_exchange.IsOver && !_exchange.PollPermit()) await _signal;     // 6
                    while (!_exchange.IsOver && !_exchange.PollUpstream()) await _signal;   // 7
                    while (_exchange.IsUnderWay && !_exchange.PollRelay()) await _signal;   // 8, 9
                }
                while (_exchange.IsReturned);
                while (!_exchange.IsOver && !_exchange.PollTunnel()) await _signal;         // 9, switched
            }
            finally
            {
                _exchange.End();                                                    // 10
                _worker.OnExchangeEnded();
                _isInExchange = false;
            }
            isKept = Conclude();                                                    // 11
        }
        if (_reader.Status is HeadStatus.Malformed or HeadStatus.TimedOut) RefuseHead();
        // Nothing was said to a client that was idle, so nothing can be lost.
        if (_reader.Status != HeadStatus.Ended && !_client.PeerClosed && !_isPlaceWanted) await LingerAsync();
    }

    private ReadOnlySpan<byte> HeadBytes => _buffer.Array.AsSpan(_buffer.Start, _reader.Head.HeadLength);

    /// <summary>Answers what the model server did not; true when the connection goes on.</summary>
    private bool Conclude()
    {
        var outcome = _exchange.Outcome;
        if (outcome == Outcome.Completed) return _exchange.KeepsClient;
        if (_exchange.HasBegunResponse)
        {
            // No terminating chunk, no full length: the client can tell that it was broken off.
            _client.Abort();
            return false;
        }
        if (outcome == Outcome.BadRequest) return Send(Answers.Refusal(_worker, _exchange.Fault), keep: false);
        if (OwnAnswers.StatusOf(outcome) == 0) return false;
        var keep = _exchange.KeepsClient && !_worker.Services.State.Draining;
        return Send(Answers.Write(_worker, outcome, keep, _exchange.IsHeadOnly), keep);
    }

    private void RefuseHead()
    {
        var timedOut = _reader.Status == HeadStatus.TimedOut;
        _worker.Services.Instruments[timedOut ? Outcome.HeadTimeout : Outcome.BadRequest].Add();
        Send(timedOut ? Answers.Write(_worker, Outcome.HeadTimeout, false, false)
            : Answers.Refusal(_worker, _reader.Fault), keep: false);
    }

    /// <summary>
    /// An answer of under 1 KiB fits into the socket's buffer, unless the client has stopped reading.
    /// </summary>
    private bool Send(int length, bool keep) =>
        _client.TrySend(_worker.Scratch.AsSpan(0, length), out _) == IoStatus.Done && keep;

    /// <summary>
    /// Reads on for a while after the last answer, so that bytes still under way do not make the kernel reset the
    /// connection before the client has read it (RFC 9112 section 9.6).
    /// </summary>
    private async Task LingerAsync()
    {
        var reader = new LingeringReader(_worker, _client, _signal);
        while (!reader.Poll()) await _signal;
    }
}
