using Sidecar.Transport.Kernel;

namespace Sidecar.Transport.Tls;

/// <summary>TLS on a non-blocking socket, which its channel owns. Used on the channel's thread.</summary>
internal sealed unsafe class TlsSession(nint ssl)
{
    private nint _ssl = ssl;
    private bool _isBroken;
    private bool _isEstablished;

    /// <summary>The handshake has succeeded.</summary>
    internal bool IsEstablished => _isEstablished || (_isEstablished = !_isBroken && OpenSsl.IsEstablished(_ssl) == 1);

    /// <summary>Why the last call failed, for people; null where nothing is known.</summary>
    internal string? Failure { get; private set; }

    /// <summary>Why a handshake that the peer had begun failed, for people; null where it did not.</summary>
    internal string? HandshakeFailure { get; private set; }

    /// <summary>Continues the handshake: Done when it is over and the peer's certificate was accepted.</summary>
    internal IoStatus Handshake()
    {
        OpenSsl.ClearErrors();
        var result = OpenSsl.Handshake(_ssl);
        return result == 1 ? IoStatus.Done : StatusOf(result);
    }

    /// <summary>Receives some of what is at hand, after the handshake where that is still due.</summary>
    internal IoStatus Read(Span<byte> buffer, out int count)
    {
        OpenSsl.ClearErrors();
        fixed (byte* start = buffer) count = OpenSsl.Read(_ssl, start, buffer.Length);
        if (count > 0)
        {
            _isEstablished = true;
            return IoStatus.Done;
        }
        var status = StatusOf(count);
        count = 0;
        return status;
    }

    /// <summary>Looks whether something can be read: Done, Blocked, or how the connection ended.</summary>
    internal IoStatus Peek()
    {
        byte octet;
        OpenSsl.ClearErrors();
        var result = OpenSsl.Peek(_ssl, &octet, 1);
        return result > 0 ? IoStatus.Done : StatusOf(result);
    }

    /// <summary>Sends as much as the socket takes. After Blocked the next call has to begin with the same bytes,
    /// wherever they lie then: a record of them may be under way.</summary>
    internal IoStatus Write(ReadOnlySpan<byte> bytes, out int count)
    {
        count = 0;
        OpenSsl.ClearErrors();
        fixed (byte* start = bytes)
        {
            while (count < bytes.Length)
            {
                var written = OpenSsl.Write(_ssl, start + count, bytes.Length - count);
                if (written <= 0) return StatusOf(written);
                (count, _isEstablished) = (count + written, true);
            }
        }
        return IoStatus.Done;
    }

    /// <summary>Tells the peer that nothing more is sent (RFC 8446 section 6.1), if the socket takes it.</summary>
    internal void EndSending()
    {
        // After a failure OpenSSL forbids it, and before the handshake's end there is nothing to end.
        if (!_isBroken && IsEstablished) OpenSsl.Shutdown(_ssl);
    }

    internal void Free()
    {
        if (_ssl == 0) return;
        if (!_isBroken && !IsEstablished && HasPeerSpoken) HandshakeFailure = "it was not over in time";
        OpenSsl.Free(_ssl);
        _ssl = 0;
    }

    /// <summary>The peer's first message of the handshake has come.</summary>
    private bool HasPeerSpoken => OpenSsl.State(_ssl) != OpenSsl.StateBefore;

    private IoStatus StatusOf(int result)
    {
        var isEnd = false;
        // Before a failure: OpenSSL begins a failed connection's handshake anew in its books.
        var wasEstablished = IsEstablished;
        switch (OpenSsl.GetError(_ssl, result))
        {
            case OpenSsl.WantRead or OpenSsl.WantWrite:
                return IoStatus.Blocked;
            case OpenSsl.ZeroReturn:
                return IoStatus.Ended;
            case OpenSsl.ErrorSystemCall:
                (Failure, isEnd) = ("the connection broke", true);
                break;
            default:
                var reason = TlsErrors.Take(out isEnd);
                Failure = TlsErrors.OfCertificate(_ssl) ?? reason;
                break;
        }
        // Who connects and leaves without a word, as probes of a port do, has begun no handshake.
        if (!wasEstablished && (HasPeerSpoken || !isEnd)) HandshakeFailure = Failure;
        _isBroken = true;
        return IoStatus.Broken;
    }
}
