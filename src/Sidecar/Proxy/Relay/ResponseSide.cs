using Sidecar.Http;
using Sidecar.Http.Bodies;
using Sidecar.Http.Fields;
using Sidecar.Http.Responses;
using Sidecar.Proxy.Server;
using Sidecar.Transport;
using Sidecar.Transport.Buffers;
using Sidecar.Transport.Kernel;

namespace Sidecar.Proxy.Relay;

/// <summary>
/// One response on its way from the model server to the client, passed on as it comes and never collected: what was
/// received is checked in place and sent before more is received, so a slow client holds the model server back. One
/// reactor's thread.
/// </summary>
internal sealed class ResponseSide(ProxyWorker worker, SocketChannel client, ByteBuffer buffer)
{
    private readonly ResponseHead _head = new(worker.ResponseFields);
    private ChunkScanner _chunks;
    private KnownMethod _method;
    private long _remainingBytes;
    private long _bodyBytes;
    private int _scannedBytes;
    private int _sendStart;
    private int _checkedEnd;
    private bool _isHeadRead;
    private bool _hasBegun;
    private bool _isBodyWhole;
    private bool _keepsChunks;
    private bool _hasUnparsed;

    /// <summary>Bytes of it have gone to the client, interim heads that are whole aside: no other answer can take its
    /// place.</summary>
    internal bool HasBegun => _hasBegun || (IsPending && !_isHeadRead);

    internal ResponseFault Fault { get; private set; }

    internal bool IsPending => _sendStart < _checkedEnd;

    internal bool IsDone => (_isBodyWhole || IsSwitched) && !IsPending;

    /// <summary>The head has come: what follows is a body, or another protocol.</summary>
    internal bool IsHeadRead => _isHeadRead;

    /// <summary>The model server has changed to the protocol that the client asked for (RFC 9110 section 7.8); what it
    /// sent behind its head lies in the buffer.</summary>
    internal bool IsSwitched { get; private set; }

    /// <summary>Not a byte of it has come.</summary>
    internal bool IsSilent { get; private set; } = true;

    /// <summary>The model server's connection may carry another request.</summary>
    internal bool KeepsUpstream => _head.KeepAlive && !IsSwitched && buffer.End == _checkedEnd;

    /// <summary>The client was told that its connection stays, and can tell where the response ends.</summary>
    internal bool KeepsClient { get; private set; }

    internal ResponseHead Head => _head;

    /// <summary>Of its body, without framing, as far as it came.</summary>
    internal long BodyBytes => _isHeadRead && _head.Framing == BodyFraming.Chunked ? _chunks.PayloadBytes : _bodyBytes;

    /// <summary>Nothing of a response has come yet.</summary>
    internal void Reset()
    {
        _isHeadRead = _hasBegun = IsSwitched = false;
        _sendStart = _checkedEnd = 0;
        _bodyBytes = 0;
    }

    internal void Begin(KnownMethod method)
    {
        _method = method;
        _chunks = default;
        _scannedBytes = 0;
        _isHeadRead = _isBodyWhole = _hasUnparsed = _hasBegun = IsSwitched = false;
        KeepsClient = false;
        Fault = ResponseFault.None;
        IsSilent = true;
        buffer.Release();
        _sendStart = _checkedEnd = buffer.End;
    }

    /// <summary>Sends what is pending, else receives more. True when anything moved.</summary>
    internal bool Move(SocketChannel upstream, in ResponsePlan plan)
    {
        if (Fault != ResponseFault.None) return false;
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
                return Check(plan);
            case IoStatus.Ended when _isHeadRead && _head.Framing == BodyFraming.UntilClose:
                _isBodyWhole = true;
                return true;
            default:
                Fault = ResponseFault.Broken;
                return true;
        }
    }

    /// <summary>Holds no array while there is nothing in it.</summary>
    internal void Rest()
    {
        if (IsPending || IsSwitched || !(_isHeadRead || buffer.Length == 0)) return;
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
        var hasRecord = isTried && status == IoStatus.Blocked && worker.Services.Certificate is not null;
        _hasBegun |= _isHeadRead && (count > 0 || hasRecord);
        if (status == IoStatus.Broken) Fault = ResponseFault.ClientBroken;
        return count > 0;
    }

    /// <summary>
    /// What was sent makes room at once, and a head has what it needs: the parser refuses one beyond its limit before
    /// more room is needed than that.
    /// </summary>
    private void MakeRoom()
    {
        if (_isHeadRead || buffer.Length == 0)
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
        if (!_isHeadRead)
        {
            var status = worker.ResponseHeadParser.Parse(
                buffer.Array, buffer.Start, buffer.Length, ref _scannedBytes, _method, _head, out _);
            if (status == ParseStatus.Incomplete) return true;
            Fault = FaultOf(status, plan);
            if (Fault != ResponseFault.None) return true;
            TakeHead(plan);
        }
        if (_isHeadRead) CheckBody();
        return true;
    }

    private ResponseFault FaultOf(ParseStatus status, in ResponsePlan plan)
    {
        if (status == ParseStatus.Malformed) return ResponseFault.Malformed;
        if (_head.Status == 503 && plan.TakesRefusal) return ResponseFault.Refused;
        // A switch that nobody asked for, or to no protocol, answers nothing.
        var isSwitch = _head.Status == 101;
        return isSwitch && !(plan.AsksUpgrade && _head.Fields.Has(FieldKind.Upgrade))
            ? ResponseFault.Malformed
            : ResponseFault.None;
    }

    /// <summary>
    /// Puts the head for the client directly before what follows it. An interim head (RFC 9110 section 15.2) is sent
    /// before the next one is looked at.
    /// </summary>
    private void TakeHead(in ResponsePlan plan)
    {
        var isInterim = _head.IsInterim;
        var bodyStart = buffer.Start + _head.HeadLength;
        _scannedBytes = 0;
        IsSwitched = _head.Status == 101;
        _isHeadRead = !isInterim || IsSwitched;
        _hasUnparsed = !_isHeadRead && bodyStart < buffer.End;
        _sendStart = _checkedEnd = bodyStart;
        if (isInterim && !plan.ClientIsHttp11)
        {
            buffer.Start = bodyStart;
            return;
        }
        _remainingBytes = _head.ContentLength;
        _keepsChunks = plan.ClientIsHttp11;
        KeepsClient = plan.KeepsClient && !IsSwitched && _head.CanKeepDownstream(plan.ClientIsHttp11);
        _sendStart = buffer.Start;
        var edits = plan.Edits;
        if (!ResponseHeadWriter.PassesUnchanged(_head, edits)) Rewrite(edits, bodyStart);
        buffer.Start = bodyStart;
    }

    private void Rewrite(in ResponseHeadEdits edits, int bodyStart)
    {
        var source = buffer.Array.AsSpan(buffer.Start, _head.HeadLength);
        var length = ResponseHeadWriter.Write(_head, source, edits, worker.Scratch);
        _sendStart = bodyStart - length;
        worker.Scratch.AsSpan(0, length).CopyTo(buffer.Array.AsSpan(_sendStart));
    }

    private void CheckBody()
    {
        if (IsSwitched) return;
        var received = buffer.End - _checkedEnd;
        switch (_head.Framing)
        {
            case BodyFraming.Length:
                var taken = (int)Math.Min(_remainingBytes, received);
                _remainingBytes -= taken;
                _checkedEnd += taken;
                _bodyBytes += taken;
                _isBodyWhole = _remainingBytes == 0;
                return;
            case BodyFraming.Chunked:
                CheckChunks(received);
                return;
            case BodyFraming.UntilClose:
                _checkedEnd = buffer.End;
                _bodyBytes += received;
                return;
            default:
                _isBodyWhole = true;
                return;
        }
    }

    private void CheckChunks(int received)
    {
        var scan = _chunks.Scan(
            buffer.Array.AsSpan(_checkedEnd, received),
            _keepsChunks ? ChunkedForm.ChunksAndTrailers : ChunkedForm.Payload);
        _checkedEnd += scan.Written;
        // What lies behind the end stays as a surplus, which ends the connection's use; what was dropped is gone.
        if (scan.Consumed == received) buffer.End = _checkedEnd;
        _isBodyWhole = scan.Status == ScanStatus.End;
        if (scan.Status == ScanStatus.Malformed) Fault = ResponseFault.Malformed;
    }
}
