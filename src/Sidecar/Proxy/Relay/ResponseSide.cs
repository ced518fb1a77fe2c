using Sidecar.Engines;
using Sidecar.Http;
using Sidecar.Http.Bodies;
using Sidecar.Http.Fields;
using Sidecar.Http.Responses;
using Sidecar.Records;
using Sidecar.Transport;
using Sidecar.Transport.Buffers;
using Sidecar.Transport.Kernel;

namespace Sidecar.Proxy.Relay;

/// <summary>
/// One response on its way from the model server to the client, passed on as it comes and never collected: what was
/// received is checked in place and sent before more is received, so a slow client holds the model server back. One
/// reactor's thread.
/// </summary>
internal sealed class ResponseSide(
    ResponseHeadParser parser, FieldLines fields, SocketChannel client, bool isEncrypted, ByteBuffer buffer,
    byte[] scratch)
{
    private BodyReader<NoLooker> _body;
    private KnownMethod _method;
    private int _scannedBytes;
    private int _sendStart;
    private int _checkedEnd;
    private bool _hasBegun;
    private bool _isBodyWhole;
    private bool _hasUnparsed;

    /// <summary>Bytes beyond whole interim heads went to the client: no other answer can take their place.</summary>
    internal bool HasBegun => _hasBegun || (IsPending && !IsHeadRead);

    /// <summary>Why the response cannot go on; <see cref="Outcome.None"/> while it can.</summary>
    internal Outcome Outcome { get; private set; }

    internal bool IsPending => _sendStart < _checkedEnd;

    internal bool IsDone => (_isBodyWhole || IsSwitched) && !IsPending;

    /// <summary>The final head has come: what follows is a body, or another protocol.</summary>
    internal bool IsHeadRead { get; private set; }

    /// <summary>The model server has changed to the protocol that the client asked for (RFC 9110 section 7.8); what it
    /// sent behind its head lies in the buffer.</summary>
    internal bool IsSwitched { get; private set; }

    /// <summary>The model server refused the request, being full; only with <see cref="Outcome.UpstreamUnavailable"/>.
    /// </summary>
    internal bool IsFull { get; private set; }

    /// <summary>The response comes in pieces whose number its head does not tell; another protocol is none.</summary>
    internal bool IsStreamed => !IsSwitched && Head.Framing is BodyFraming.Chunked or BodyFraming.UntilClose;

    /// <summary>The last move received something.</summary>
    internal bool HasReceived { get; private set; }

    /// <summary>No byte of a response has come.</summary>
    internal bool IsSilent { get; private set; } = true;

    /// <summary>The model server's connection may carry another request.</summary>
    internal bool KeepsUpstream => Head.KeepAlive && !IsSwitched && buffer.End == _checkedEnd;

    /// <summary>The client was told that its connection stays, and can tell where the response ends.</summary>
    internal bool KeepsClient { get; private set; }

    internal ResponseHead Head { get; } = new(fields);

    /// <summary>Bytes of the body that have come, without framing.</summary>
    internal long BodyBytes => _body.PayloadBytes;

    /// <summary>Awaits the response to a request of this method, and drops what had come of another.</summary>
    internal void Begin(KnownMethod method)
    {
        (_method, _body, _scannedBytes) = (method, default, 0);
        IsHeadRead = _isBodyWhole = _hasUnparsed = _hasBegun = IsSwitched = IsFull = false;
        KeepsClient = false;
        Outcome = Outcome.None;
        IsSilent = true;
        buffer.Release();
        _sendStart = _checkedEnd = buffer.End;
    }

    /// <summary>Sends what is pending, else receives more. True when anything moved.</summary>
    internal bool Move(SocketChannel upstream, in ResponsePlan plan)
    {
        HasReceived = false;
        if (Outcome != Outcome.None) return false;
        if (IsPending) return Send();
        if (_hasUnparsed) return Check(plan);
        if (_isBodyWhole || IsSwitched || !upstream.CanReceive) return false;
        MakeRoom();
        switch (upstream.TryReceive(buffer.Free, out var count))
        {
            case IoStatus.Blocked:
                return false;
            case IoStatus.Done:
                buffer.End += count;
                IsSilent = false;
                HasReceived = true;
                return Check(plan);
            case IoStatus.Ended when IsHeadRead && Head.Framing == BodyFraming.UntilClose:
                _isBodyWhole = true;
                return true;
            default:
                Outcome = Outcome.UpstreamBroken;
                return true;
        }
    }

    /// <summary>Holds no array while there is nothing in it.</summary>
    internal void ReleaseIfEmpty()
    {
        if (IsPending || IsSwitched || !(IsHeadRead || buffer.Length == 0)) return;
        if (buffer.End != _checkedEnd) return;
        buffer.Release();
        _sendStart = _checkedEnd = buffer.End;
    }

    private bool Send()
    {
        var isTried = client.CanSend;
        var status = client.TrySend(buffer.Array.AsSpan(_sendStart, _checkedEnd - _sendStart), out var count);
        _sendStart += count;
        // A blocked record of TLS counts its bytes only when all of it was sent, and can no longer be taken back.
        var hasRecord = isTried && status == IoStatus.Blocked && isEncrypted;
        _hasBegun |= IsHeadRead && (count > 0 || hasRecord);
        if (status == IoStatus.Broken) Outcome = Outcome.ClientLeftRunning;
        return count > 0;
    }

    /// <summary>Makes room to receive: at once where all was sent, and as much as a head needs, since the parser
    /// refuses one beyond its limit before it needs more room than that.</summary>
    private void MakeRoom()
    {
        if (IsHeadRead || buffer.Length == 0)
        {
            buffer.Clear();
            _sendStart = _checkedEnd = buffer.End;
        }
        buffer.Acquire();
        if (!buffer.Free.IsEmpty) return;
        if (buffer.Start > ByteBuffer.HeadroomBytes) buffer.Compact();
        if (buffer.Free.IsEmpty) buffer.TryGrow(int.MaxValue);
    }

    /// <summary>Takes what was received as one head and the body behind it, as far as it goes.</summary>
    private bool Check(in ResponsePlan plan)
    {
        _hasUnparsed = false;
        if (!IsHeadRead)
        {
            var status = parser.Parse(
                buffer.Array, buffer.Start, buffer.Length, ref _scannedBytes, _method, Head, out _);
            if (status == ParseStatus.Incomplete) return true;
            Outcome = OutcomeOf(status, plan);
            if (Outcome != Outcome.None) return true;
            TakeHead(plan);
        }
        if (IsHeadRead) CheckBody();
        return true;
    }

    private Outcome OutcomeOf(ParseStatus status, in ResponsePlan plan)
    {
        if (status == ParseStatus.Malformed) return Outcome.UpstreamMalformed;
        IsFull = plan is { MayBeFull: true, MayReturn: false } && EngineRefusals.IsRefusal(Head.Status);
        if (IsFull || (Head.Status == 503 && plan.MayReturn)) return Outcome.UpstreamUnavailable;
        // A switch that nobody asked for, or to no protocol, answers nothing.
        var isLost = Head.Status == 101 && !(plan.AsksUpgrade && Head.Fields.Has(FieldKind.Upgrade));
        return isLost ? Outcome.UpstreamMalformed : Outcome.None;
    }

    /// <summary>Puts the head for the client directly before what follows it. An interim head (RFC 9110 section 15.2)
    /// is sent before the next one is looked at.</summary>
    private void TakeHead(in ResponsePlan plan)
    {
        var isInterim = Head.IsInterim;
        var bodyStart = buffer.Start + Head.HeadLength;
        _scannedBytes = 0;
        IsSwitched = Head.Status == 101;
        IsHeadRead = !isInterim || IsSwitched;
        _hasUnparsed = !IsHeadRead && bodyStart < buffer.End;
        _sendStart = _checkedEnd = bodyStart;
        if (isInterim && !plan.ClientIsHttp11)
        {
            buffer.Start = bodyStart;
            return;
        }
        _body = new(Head.Framing, Head.ContentLength,
            plan.ClientIsHttp11 ? ChunkedForm.ChunksAndTrailers : ChunkedForm.Payload);
        KeepsClient = plan.KeepsClient && !IsSwitched && Head.CanKeepDownstream(plan.ClientIsHttp11);
        _sendStart = buffer.Start;
        var edits = plan.Edits;
        if (!ResponseHeadWriter.PassesUnchanged(Head, edits)) Rewrite(edits, bodyStart);
        buffer.Start = bodyStart;
    }

    private void Rewrite(in ResponseHeadEdits edits, int bodyStart)
    {
        var source = buffer.Array.AsSpan(buffer.Start, Head.HeadLength);
        var length = ResponseHeadWriter.Write(Head, source, edits, scratch);
        _sendStart = bodyStart - length;
        scratch.AsSpan(0, length).CopyTo(buffer.Array.AsSpan(_sendStart));
    }

    /// <summary>Takes body bytes; those behind its end stay, and the connection is not used again.</summary>
    private void CheckBody()
    {
        if (IsSwitched) return;
        var read = _body.Read(buffer.Array.AsSpan(_checkedEnd, buffer.End - _checkedEnd));
        _checkedEnd += read.Written;
        if (read.Consumed != read.Written) buffer.Remove(_checkedEnd, read.Consumed - read.Written);
        _isBodyWhole = read.Status == ScanStatus.End;
        if (read.Status == ScanStatus.Malformed) Outcome = Outcome.UpstreamMalformed;
    }
}
