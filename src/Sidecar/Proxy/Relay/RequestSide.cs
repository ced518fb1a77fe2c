using System.Diagnostics;
using Sidecar.Http;
using Sidecar.Http.Bodies;
using Sidecar.Http.Requests;
using Sidecar.Transport;
using Sidecar.Transport.Buffers;
using Sidecar.Transport.Kernel;

namespace Sidecar.Proxy.Relay;

/// <summary>
/// One request on its way from the client's buffer to the model server: first held, as far as it fits, then streamed.
/// What was checked and may be sent lies contiguous: the rewritten head, then the body. One reactor's thread.
/// </summary>
internal sealed class RequestSide(
    ProxyOptions options, SocketChannel client, ByteBuffer buffer, ForwardedFields forwarded, byte[] scratch, Turn turn)
{
    /// <summary>Most that is received at once, so that no single receive outlasts a turn.</summary>
    private const int ReceiveBytesMax = 4 * Turn.MoveBytes;

    private BodyReader<NoLooker> _body;
    private int _headStart;
    private int _sendStart;
    private int _checkedEnd;
    private bool _isRetained;

    /// <summary>The body's last byte was received and checked.</summary>
    internal bool IsWhole { get; private set; }

    internal HttpFault Fault { get; private set; }

    internal bool IsTooLarge { get; private set; }

    /// <summary>The model server takes no more of the request; an answer may come all the same.</summary>
    internal bool IsCutOff { get; private set; }

    internal bool IsSent => IsWhole && _sendStart == _checkedEnd;

    /// <summary>Only the client can bring more of the request: all that it sent was passed on.</summary>
    internal bool AwaitsClient => !IsWhole && !IsCutOff && _sendStart == _checkedEnd;

    /// <summary>The whole request lies in the buffer, sent or not: it could be sent again.</summary>
    internal bool IsHeldWhole => IsWhole && _isRetained;

    /// <summary>Bytes of the body that were received, without framing.</summary>
    internal long BodyBytes => _body.PayloadBytes;

    /// <summary>The body is malformed or too large.</summary>
    internal bool IsRefused => Fault != HttpFault.None || IsTooLarge;

    /// <summary>Writes the model server's head over the client's; the head's ranges are stale from then on.</summary>
    internal void Begin(RequestHead head)
    {
        (IsCutOff, _isRetained, Fault) = (false, true, HttpFault.None);
        _body = new(head.Framing, head.ContentLength, ChunkedForm.Chunks);
        _headStart = _sendStart = head.PassesUnchanged ? InsertForwarded(head) : Rewrite(head);
        _checkedEnd = buffer.Start + head.HeadLength;
        Check();
    }

    /// <summary>Receives more of the body into the buffer, growing it up to the bound for waiting bodies.</summary>
    /// <returns>Done, Blocked (nothing at hand), Ended or Broken; Done without progress when the buffer is
    /// full.</returns>
    internal IoStatus Hold(out bool isFull)
    {
        isFull = buffer.Free.IsEmpty && !buffer.TryGrow(options.BodyBufferBytes);
        return isFull ? IoStatus.Done : Receive();
    }

    /// <summary>Sends what is held, then passes on what arrives. True when anything moved.</summary>
    internal bool Move(SocketChannel upstream)
    {
        if (IsCutOff || IsRefused) return false;
        if (_sendStart < _checkedEnd) return Send(upstream);
        if (IsWhole || !client.CanReceive) return false;
        buffer.Acquire();
        if (Receive() == IoStatus.Done) return true;
        Forget();
        return false;
    }

    /// <summary>Prepares for another connection to the model server; only while the whole request is held.</summary>
    internal void Rewind() => (_sendStart, IsCutOff) = (_headStart, false);

    /// <summary>Releases what will not be sent again, unless the client's next request lies behind it.</summary>
    internal void Release()
    {
        if (IsSent && buffer.End == _checkedEnd) Forget();
    }

    /// <summary>A small request holds a small array while it waits in the queue.</summary>
    internal void Shrink()
    {
        if (IsWhole) buffer.Shrink();
    }

    /// <summary>Leaves in the buffer what the client sent behind this request.</summary>
    internal void End()
    {
        buffer.Consume(_checkedEnd - buffer.Start);
        _checkedEnd = buffer.Start;
    }

    /// <summary>Gives back the array of what was passed on, since others could use its memory.</summary>
    private void Forget()
    {
        buffer.Release();
        _sendStart = _checkedEnd = buffer.End;
        _isRetained = false;
    }

    private bool Send(SocketChannel upstream)
    {
        var status = upstream.TrySend(buffer.Array.AsSpan(_sendStart, _checkedEnd - _sendStart), out var count);
        _sendStart += count;
        turn.Charge(count);
        IsCutOff = status == IoStatus.Broken;
        if (AwaitsClient) Forget();
        return count > 0;
    }

    private IoStatus Receive()
    {
        var free = buffer.Free;
        var status = client.TryReceive(free[..Math.Min(free.Length, ReceiveBytesMax)], out var count);
        if (status != IoStatus.Done) return status;
        buffer.End += count;
        turn.Charge(count);
        Check();
        return status;
    }

    /// <summary>Takes what was received as body, as far as the framing says; drops extensions and trailers.</summary>
    private void Check()
    {
        var read = _body.Read(buffer.Array.AsSpan(_checkedEnd, buffer.End - _checkedEnd));
        _checkedEnd += read.Written;
        if (read.Consumed != read.Written) buffer.Remove(_checkedEnd, read.Consumed - read.Written);
        IsWhole = read.Status == ScanStatus.End;
        IsTooLarge = _body.AnnouncedBytes > options.BodyLimitBytes;
        if (read.Status == ScanStatus.Malformed) Fault = HttpFault.BadChunk;
    }

    /// <summary>Inserts the forwarded fields; only the request line before them moves, not fields and body.</summary>
    private int InsertForwarded(RequestHead head)
    {
        var lines = forwarded.Lines;
        var lineLength = head.RequestLineLength;
        var start = buffer.Start - lines.Length;
        var target = buffer.Array.AsSpan(start, lineLength + lines.Length);
        buffer.Array.AsSpan(buffer.Start, lineLength).CopyTo(target);
        lines.CopyTo(target[lineLength..]);
        return start;
    }

    /// <summary>Writes the head anew, directly before the body.</summary>
    private int Rewrite(RequestHead head)
    {
        var bodyStart = buffer.Start + head.HeadLength;
        var source = buffer.Array.AsSpan(buffer.Start, head.HeadLength);
        var length = RequestHeadWriter.Write(head, source, forwarded, scratch);
        // Behind a request that was pipelined before it, always; the headroom makes up for the growth of the first.
        if (length > bodyStart) throw new UnreachableException("A rewritten head outgrew the headroom.");
        scratch.AsSpan(0, length).CopyTo(buffer.Array.AsSpan(bodyStart - length));
        return bodyStart - length;
    }
}
