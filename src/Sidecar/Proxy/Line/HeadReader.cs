using Sidecar.Http;
using Sidecar.Http.Requests;
using Sidecar.Lifecycle;
using Sidecar.Transport;
using Sidecar.Transport.Buffers;
using Sidecar.Transport.Kernel;

namespace Sidecar.Proxy.Line;

/// <summary>Reads one request head after another from a client, in steps. Between requests, and without a byte of the
/// next, it holds no buffer. Used on one reactor's thread.</summary>
internal sealed class HeadReader(
    RequestHeadParser parser, RequestHead head, ProxyOptions options, SidecarState state, SocketChannel client,
    ByteBuffer buffer, Turn turn, Signal signal)
{
    private int _scannedBytes;
    private bool _hasUnparsed;
    private bool _isShakingHands;

    /// <summary>The reactor's shared head: to be used before the connection's loop awaits.</summary>
    internal RequestHead Head
    {
        get
        {
            head.Fields.AssertHeldBy(this);
            return head;
        }
    }

    internal HeadStatus Status { get; private set; }

    internal HttpFault Fault { get; private set; }

    /// <summary>All bytes at hand were parsed and the head is not whole: only the client can bring more.</summary>
    internal bool AwaitsClient => Status == HeadStatus.Reading && !_hasUnparsed;

    /// <summary>The malformed request is a HEAD, whose refusal has no body (RFC 9110 section 9.3.2).</summary>
    internal bool IsHeadOnly { get; private set; }

    /// <summary>Prepares for the next head; bytes of it that have come already are parsed first.</summary>
    internal void Begin()
    {
        Status = HeadStatus.Reading;
        _scannedBytes = 0;
        _hasUnparsed = buffer.Length > 0;
        _isShakingHands = !client.IsEstablished;
        signal.ExpireAfter(HeadRule.TimeoutTicks(_hasUnparsed, _isShakingHands, options));
    }

    /// <summary>True when <see cref="Status"/> is final.</summary>
    internal bool Poll()
    {
        while (Status == HeadStatus.Reading)
        {
            if (!_hasUnparsed && !TryReceive()) break;
            if (!_hasUnparsed) continue;
            if (!turn.TryMove()) break;
            Parse();
        }
        if (Status == HeadStatus.Reading) return false;
        signal.NeverExpire();
        return true;
    }

    private void Parse()
    {
        _hasUnparsed = false;
        var status = parser.Parse(
            buffer.Array, buffer.Start, buffer.Length, ref _scannedBytes, head, out var fault);
        head.Fields.HoldFor(this);
        if (status == ParseStatus.Complete) Status = HeadStatus.Complete;
        if (status != ParseStatus.Malformed) return;
        (Status, Fault, IsHeadOnly) = (HeadStatus.Malformed, fault, head.Method == KnownMethod.Head);
    }

    /// <summary>False when there is nothing to do before the next wake.</summary>
    private bool TryReceive()
    {
        var isIdle = buffer.Length == 0;
        if (!client.CanReceive)
        {
            if (isIdle) buffer.Release();
            else buffer.Shrink();
            NoteHandshake();
            Status = HeadRule.WhenSilent(!isIdle, state.Closing, signal.IsExpired);
            return Status != HeadStatus.Reading;
        }
        buffer.Acquire();
        if (buffer.Free.IsEmpty && !TryMakeRoom()) return true;
        switch (client.TryReceive(buffer.Free, out var count))
        {
            case IoStatus.Blocked:
                return true;
            case IoStatus.Ended or IoStatus.Broken:
                return Finish(HeadStatus.Ended);
        }
        if (isIdle) signal.ExpireAfter(HeadRule.TimeoutTicks(hasBegun: true, _isShakingHands, options));
        buffer.End += count;
        turn.Charge(count);
        _hasUnparsed = true;
        return true;
    }

    /// <summary>A handshake has as much time as a head; once it is over, a client may be idle.</summary>
    private void NoteHandshake()
    {
        if (!_isShakingHands || !client.IsEstablished) return;
        _isShakingHands = false;
        if (buffer.Length == 0) signal.ExpireAfter(HeadRule.TimeoutTicks(false, _isShakingHands, options));
    }

    /// <summary>False when there is no memory for more of the head. One that is too large the parser refuses, before it
    /// needs more room than its limit.</summary>
    private bool TryMakeRoom()
    {
        if (buffer.Start > ByteBuffer.HeadroomBytes) buffer.Compact();
        if (!buffer.Free.IsEmpty || buffer.TryGrow(int.MaxValue)) return true;
        Finish(HeadStatus.OutOfMemory);
        return false;
    }

    private bool Finish(HeadStatus status)
    {
        Status = status;
        return true;
    }
}
