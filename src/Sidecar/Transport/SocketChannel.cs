using Sidecar.Transport.Kernel;
using Sidecar.Transport.Tls;

namespace Sidecar.Transport;

/// <summary>One non-blocking stream socket, registered once and edge-triggered with its reactor. Belongs to the
/// reactor's thread from <see cref="Reactor.Adopt"/> to <see cref="Close"/>.</summary>
/// <remarks>
/// The readiness that epoll reported is remembered, so that a message costs one receive and one send: a receive that
/// fills less than its buffer has emptied the socket, and whatever comes later is a new edge (epoll(7),
/// "Edge-triggered"). Not so where the peer has sent urgent data, at which a receive ends (tcp(7)): then only a receive
/// that would block tells. With TLS a receive ends only when OpenSSL asks for more, since it may hold bytes that epoll
/// knows nothing of. The peer's hang-up is reported even while bytes wait unread, which is how a client that leaves is
/// noticed.
/// </remarks>
internal sealed unsafe class SocketChannel(Reactor reactor, int descriptor, int slot, IChannelOwner? owner)
{
    private int _descriptor = descriptor;
    private bool _hasUrgent;
    private bool _leavesLastByte;
    private bool _hasLeftByte;
    private TlsSession? _tls;

    /// <summary>Is told of events; may change while the channel is handed on, on its thread.</summary>
    public IChannelOwner? Owner { get; set; } = owner;

    public bool IsOpen => _descriptor >= 0;

    /// <summary>The peer has sent FIN or RST, whether or not all its bytes were read.</summary>
    public bool PeerClosed { get; private set; }

    public bool CanReceive { get; private set; }

    /// <summary>False from a send that the kernel took only in part until there is room again.</summary>
    public bool CanSend { get; private set; }

    internal int Slot => slot;

    /// <summary>Bytes of the application can be exchanged: there is no TLS, or its handshake is over.</summary>
    public bool IsEstablished => _tls is null || (_descriptor >= 0 && _tls.IsEstablished);

    /// <summary>Why TLS failed, for people; null where it did not.</summary>
    public string? TlsFailure => _tls?.Failure;

    /// <summary>Why a handshake that was begun did not succeed, for people; null while it may still, where it did, and
    /// where the peer left before it had said anything. Stands after the close too.</summary>
    public string? HandshakeFailure => _tls?.HandshakeFailure;

    /// <summary>Puts TLS between the socket and whoever uses the channel; before the first byte.</summary>
    /// <param name="context">Gives the session its keys and its trust.</param>
    /// <param name="host">The server that is connected to; null: this side is the server.</param>
    public void Secure(TlsContext context, string? host) => _tls = host is null
        ? context.NewServerSession(_descriptor)
        : context.NewClientSession(_descriptor, host);

    /// <summary>Has the peer of a Unix socket tell <see cref="Abort"/> from <see cref="Close"/>, which costs a call
    /// more for each receive; before the first byte, and not with TLS, which tells them apart by itself.</summary>
    public void LeaveLastByte() => _leavesLastByte = LastByte.TryKeep(_descriptor);

    /// <summary>Continues a client's TLS handshake: Done, Blocked until the next event, or Broken.</summary>
    public IoStatus Handshake() => _tls is null ? IoStatus.Done : Note(_tls.Handshake());

    /// <summary>Whether no byte waits for the application; TLS records without such bytes do not count.</summary>
    public bool CheckSilent()
    {
        if (!CanReceive) return true;
        if (_leavesLastByte) return !(CanReceive = PeerClosed || UnreadBytes > 0);
        return _tls is not null && _descriptor >= 0 && Note(_tls.Peek()) == IoStatus.Blocked;
    }

    /// <summary>Receives what is at hand; <paramref name="count"/> is positive only where the result is Done.</summary>
    public IoStatus TryReceive(Span<byte> buffer, out int count)
    {
        reactor.AssertCurrent();
        count = 0;
        if (!CanReceive || _descriptor < 0) return _descriptor < 0 ? IoStatus.Broken : IoStatus.Blocked;
        if (_tls is not null) return Note(_tls.Read(buffer, out count));
        nint received;
        fixed (byte* start = buffer)
        {
            var flags = _leavesLastByte ? Libc.MessagePeek : 0;
            do received = Libc.Receive(_descriptor, start, buffer.Length, flags);
            while (received < 0 && Libc.LastError == Libc.Interrupted);
            if (received > 0 && _leavesLastByte)
            {
                LastByte.TakeAllButLast(_descriptor, start, received, _hasLeftByte);
                _hasLeftByte = true;
            }
        }
        if (received > 0)
        {
            count = (int)received;
            if (count < buffer.Length && !_hasUrgent) CanReceive = PeerClosed;
            return IoStatus.Done;
        }
        if (received == 0)
        {
            PeerClosed = true;
            return IoStatus.Ended;
        }
        if (Libc.LastError != Libc.WouldBlock)
        {
            PeerClosed = true;
            return IoStatus.Broken;
        }
        CanReceive = false;
        return IoStatus.Blocked;
    }

    /// <summary>Sends as much as the kernel takes: Done when it was all of it, Blocked when a rest is left.</summary>
    public IoStatus TrySend(ReadOnlySpan<byte> bytes, out int count)
    {
        reactor.AssertCurrent();
        count = 0;
        if (_descriptor < 0) return IoStatus.Broken;
        if (!CanSend) return IoStatus.Blocked;
        if (_tls is not null)
        {
            var status = _tls.Write(bytes, out count);
            CanSend = status == IoStatus.Done;
            return status;
        }
        nint sent;
        fixed (byte* start = bytes)
        {
            do sent = Libc.Send(_descriptor, start, bytes.Length, Libc.MessageNoSignal);
            while (sent < 0 && Libc.LastError == Libc.Interrupted);
        }
        if (sent < 0 && Libc.LastError != Libc.WouldBlock) return IoStatus.Broken;
        count = (int)Math.Max(sent, 0);
        if (count == bytes.Length) return IoStatus.Done;
        CanSend = false;
        return IoStatus.Blocked;
    }

    /// <summary>Bytes sent that the peer has not acknowledged, or has no room for (SIOCOUTQ, tcp(7)).</summary>
    public int UnacknowledgedBytes
    {
        get
        {
            var bytes = 0;
            return _descriptor < 0 || Libc.Control(_descriptor, Libc.SendQueueLength, &bytes) < 0 ? 0 : bytes;
        }
    }

    /// <summary>Bytes that wait to be received, even before their event was seen (FIONREAD, tcp(7)).</summary>
    public int UnreadBytes
    {
        get
        {
            int bytes = 0, left = _hasLeftByte ? 1 : 0;
            return _descriptor < 0 || Libc.Control(_descriptor, Libc.ReceiveQueueLength, &bytes) < 0 ? 0 : bytes - left;
        }
    }

    /// <summary>The pending error of a connect that has ended; 0 when it succeeded.</summary>
    public int TakeError()
    {
        int error = 0, length = sizeof(int);
        return Libc.GetOption(_descriptor, Libc.LevelSocket, Libc.OptionError, &error, &length) < 0 ? -1 : error;
    }

    /// <summary>Ends this side's direction (FIN) and keeps receiving.</summary>
    public void EndSending()
    {
        if (_descriptor < 0) return;
        _tls?.EndSending();
        Libc.Shutdown(_descriptor, Libc.ShutdownWrite);
    }

    public void Close()
    {
        reactor.AssertCurrent();
        if (_descriptor < 0) return;
        _tls?.EndSending();
        if (_hasLeftByte) LastByte.Take(_descriptor);
        Release();
    }

    /// <summary>Closes with RST, so that the peer can tell that the message was broken off; on a Unix socket only after
    /// <see cref="LeaveLastByte"/>.</summary>
    public void Abort()
    {
        if (_descriptor < 0) return;
        long onAndZeroSeconds = 1;
        Libc.SetOption(_descriptor, Libc.LevelSocket, Libc.OptionLinger, &onAndZeroSeconds, sizeof(long));
        Release();
    }

    private void Release()
    {
        _tls?.Free();
        Libc.Close(_descriptor);
        _descriptor = -1;
        CanReceive = CanSend = false;
        Owner = null;
        reactor.Forget(this);
    }

    internal void OnEvents(int flags)
    {
        const int over = Libc.EpollError | Libc.EpollHangUp;
        if ((flags & (Libc.EpollPeerHangUp | over)) != 0) PeerClosed = true;
        if ((flags & (Libc.EpollIn | Libc.EpollPeerHangUp | over)) != 0) CanReceive = true;
        if ((flags & Libc.EpollUrgent) != 0) _hasUrgent = true;
        if ((flags & (Libc.EpollOut | over)) != 0) CanSend = true;
        // Either direction of TLS may wait for either of the socket.
        if (_tls is not null) CanReceive = CanSend = true;
        Owner?.OnChannelEvent(this);
    }

    private IoStatus Note(IoStatus status)
    {
        if (status == IoStatus.Blocked) CanReceive = false;
        if (status is IoStatus.Ended or IoStatus.Broken) PeerClosed = true;
        return status;
    }
}
