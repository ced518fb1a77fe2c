using System.Runtime.InteropServices;

namespace Sidecar.DataPlane;

/// <summary>
/// A non-blocking loopback TCP socket of one <see cref="EpollReactor"/>, edge-triggered. Used by that reactor's thread
/// only. It remembers what epoll said, so that a call that would find nothing is not made.
/// </summary>
internal sealed unsafe class EpollSocket(EpollReactor reactor, int descriptor)
{
    /// <summary>What a call returns that has to wait for the next event.</summary>
    public const int WouldBlock = -1;

    /// <summary>What a call returns on a broken connection.</summary>
    public const int Broken = -2;

    private const int Internet = 2;
    private const int Stream = 1;
    private const int LevelTcp = 6;
    private const int NoDelay = 1;
    private const int LevelSocket = 1;
    private const int ReuseAddress = 2;

    private bool _readable;
    private bool _writable = true;
    private bool _peerShut;
    private bool _closed;

    public int Descriptor => descriptor;

    /// <summary>Who is woken by this socket's events; null while it rests in the pool.</summary>
    public IWakeable? Owner { get; set; }

    /// <summary>True when the peer has shut its side or sent what nobody asked for: not to be used again.</summary>
    public bool Stale => _readable || _peerShut || _closed;

    public static int Listen(int port, int backlog)
    {
        var listener = Libc.Socket(Internet, Stream | Libc.NonBlocking | Libc.CloseOnExec, 0);
        SetOption(listener, LevelSocket, ReuseAddress);
        var address = stackalloc byte[16];
        WriteLoopback(address, port);
        if (Libc.Bind(listener, address, 16) != 0 || Libc.Listen(listener, backlog) != 0)
            throw new InvalidOperationException($"Cannot listen on port {port}: errno {Marshal.GetLastSystemError()}");
        return listener;
    }

    public static EpollSocket? TryAccept(EpollReactor reactor, int listener)
    {
        var accepted = Libc.Accept(listener, null, null, Libc.NonBlocking | Libc.CloseOnExec);
        return accepted < 0 ? null : Attach(reactor, accepted);
    }

    /// <summary>Starts to connect; a send answers <see cref="WouldBlock"/> until the connection stands.</summary>
    public static EpollSocket Connect(EpollReactor reactor, int port)
    {
        var connecting = Libc.Socket(Internet, Stream | Libc.NonBlocking | Libc.CloseOnExec, 0);
        var address = stackalloc byte[16];
        WriteLoopback(address, port);
        var outcome = Libc.Connect(connecting, address, 16);
        var inProgress = outcome != 0 && Marshal.GetLastSystemError() == Libc.ErrorInProgress;
        var socket = Attach(reactor, connecting);
        socket._writable = !inProgress;
        return socket;
    }

    public void OnEvents(int events)
    {
        _readable |= (events & (Libc.EpollIn | Libc.EpollPeerShut | Libc.EpollError | Libc.EpollHangUp)) != 0;
        _writable |= (events & (Libc.EpollOut | Libc.EpollError | Libc.EpollHangUp)) != 0;
        _peerShut |= (events & (Libc.EpollPeerShut | Libc.EpollError | Libc.EpollHangUp)) != 0;
        if (Owner is { } owner) reactor.Wake(owner);
    }

    /// <summary>Bytes received, 0 at the peer's end, or <see cref="WouldBlock"/> or <see cref="Broken"/>.</summary>
    public int TryReceive(Span<byte> buffer)
    {
        if (!_readable) return WouldBlock;
        nint received;
        fixed (byte* start = buffer)
            received = Libc.Receive(descriptor, start, buffer.Length, 0);
        if (received < 0)
        {
            _readable = false;
            return Marshal.GetLastSystemError() == Libc.ErrorAgain ? WouldBlock : Broken;
        }
        // A short receive emptied the socket: what comes later is a new edge. Only the peer's end has none.
        if (received < buffer.Length && !_peerShut) _readable = false;
        return (int)received;
    }

    /// <summary>Bytes taken by the system, or <see cref="WouldBlock"/> or <see cref="Broken"/>.</summary>
    public int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (!_writable || _closed) return _closed ? Broken : WouldBlock;
        nint sent;
        fixed (byte* start = bytes)
            sent = Libc.Send(descriptor, start, bytes.Length, Libc.NoSignal);
        if (sent >= 0) return (int)sent;
        _writable = false;
        return Marshal.GetLastSystemError() == Libc.ErrorAgain ? WouldBlock : Broken;
    }

    public void Close()
    {
        if (_closed) return;
        _closed = true;
        Owner = null;
        reactor.Forget(descriptor);
        _ = Libc.Close(descriptor);
    }

    private static EpollSocket Attach(EpollReactor reactor, int descriptor)
    {
        SetOption(descriptor, LevelTcp, NoDelay);
        var socket = new EpollSocket(reactor, descriptor);
        reactor.Watch(socket);
        return socket;
    }

    private static void SetOption(int descriptor, int level, int option)
    {
        var on = 1;
        _ = Libc.SetOption(descriptor, level, option, &on, sizeof(int));
    }

    private static void WriteLoopback(byte* address, int port)
    {
        new Span<byte>(address, 16).Clear();
        address[0] = Internet;
        address[2] = (byte)(port >> 8);
        address[3] = (byte)port;
        address[4] = 127;
        address[7] = 1;
    }
}
