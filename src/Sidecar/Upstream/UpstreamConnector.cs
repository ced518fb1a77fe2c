using Sidecar.Transport;
using Sidecar.Transport.Kernel;

namespace Sidecar.Upstream;

/// <summary>One connect at a time, polled: each address in turn, each within the connect timeout. Reused for the
/// connects of one downstream connection, on its reactor's thread.</summary>
internal sealed class UpstreamConnector(UpstreamPool pool, Signal signal)
{
    private SocketChannel? _channel;
    private bool _isConnected;
    private int _nextAddress;
    private long _deadlineTicks;
    private long _exhaustedSinceTicks = long.MaxValue;

    /// <summary>Why the last connect that failed did so, for people: the kernel's words, those of TLS, or a timeout.
    /// Null where none has failed.</summary>
    public string? Failure { get; private set; }

    /// <summary><see cref="Failure"/> was the TLS handshake's: the connection itself had been accepted.</summary>
    internal bool HasTlsFailed { get; private set; }

    /// <summary>
    /// Takes a resting connection, or else makes a new one as <see cref="Poll"/> does. While a connect is under way its
    /// result comes first, so that no connect is for nothing; where there is none yet, a connection that has come to
    /// rest meanwhile is taken.
    /// </summary>
    public ConnectStatus Rent(out UpstreamConnection? connection)
    {
        if (_channel is not null)
        {
            var status = Poll(out connection);
            if (status == ConnectStatus.Connected) return status;
            connection = pool.TryRent(signal);
            if (connection is null) return status;
            Drop();
            return End(ConnectStatus.Connected);
        }
        connection = pool.TryRent(signal);
        return connection is null ? Poll(out connection) : End(ConnectStatus.Connected);
    }

    /// <summary>Begins or continues a connect; one that is pending sets the signal's deadline and pulses it.</summary>
    public ConnectStatus Poll(out UpstreamConnection? connection)
    {
        connection = null;
        while (true)
        {
            if (_channel is null && !TryBegin()) return IsExhausted ? AwaitRoom() : End(ConnectStatus.Refused);
            if (_channel is not { } channel) continue;
            switch (Advance(channel))
            {
                case IoStatus.Done:
                    connection = new UpstreamConnection(channel) { UseCount = 1 };
                    _channel = null;
                    return End(ConnectStatus.Connected);
                case IoStatus.Blocked when pool.Reactor.NowTicks < _deadlineTicks:
                    signal.DeadlineTicks = _deadlineTicks;
                    return ConnectStatus.Pending;
                case IoStatus.Blocked:
                    Fail(_isConnected ? "the TLS handshake timed out" : "the connect timed out", _isConnected);
                    break;
            }
            Drop();
        }
    }

    /// <summary>Gives up a pending connect.</summary>
    public void Abandon()
    {
        Drop();
        StartOver();
    }

    private bool IsExhausted => _exhaustedSinceTicks != long.MaxValue;

    /// <summary>From the connect to the end of the TLS handshake, if there is one: Done, Blocked or Broken.</summary>
    private IoStatus Advance(SocketChannel channel)
    {
        if (!_isConnected)
        {
            if (channel is { CanSend: false, PeerClosed: false }) return IoStatus.Blocked;
            var error = channel.TakeError();
            if (error != 0) return Fail(Libc.Describe(error));
            if (!TrySecure(channel)) return IoStatus.Broken;
            _isConnected = true;
        }
        // Also where the peer has closed: what it said before tells why.
        var status = channel.Handshake();
        if (status is IoStatus.Done or IoStatus.Blocked && !channel.PeerClosed) return status;
        var failure = channel.TlsFailure;
        return failure is null
            ? Fail("the model server closed the connection at once")
            : Fail($"the TLS handshake failed: {failure}", isOfTls: true);
    }

    private bool TrySecure(SocketChannel channel)
    {
        if (pool.Options.Tls is not { } tls) return true;
        try
        {
            channel.Secure(tls.Context, tls.Host);
            return true;
        }
        catch (IOException failure)
        {
            Fail($"the TLS handshake failed: {failure.Message}", isOfTls: true);
            return false;
        }
    }

    /// <summary>Begins a connect, or leaves no channel where one fails at once; false after the last address.</summary>
    private unsafe bool TryBegin()
    {
        var addresses = pool.Addresses.All;
        if (_nextAddress >= addresses.Count) return false;
        var address = addresses[_nextAddress++];
        var bytes = address.Buffer.Span[..address.Size];
        var descriptor = UpstreamSocket.Open(bytes);
        if (descriptor < 0) return BeginAnewLater(Libc.Describe(Libc.LastError));
        if (descriptor >= pool.DescriptorsMax)
        {
            Libc.Close(descriptor);
            return BeginAnewLater("no descriptor is left");
        }
        int result;
        fixed (byte* start = bytes) result = Libc.Connect(descriptor, start, bytes.Length);
        if (result < 0 && Libc.LastError != Libc.ConnectInProgress)
        {
            var isExhausted = Libc.LastError is Libc.AddressNotAvailable or Libc.WouldBlock;
            var reason = Libc.Describe(Libc.LastError);
            Libc.Close(descriptor);
            if (isExhausted) return BeginAnewLater(reason);
            Fail(reason);
            return true;
        }
        try
        {
            _channel = pool.Reactor.Adopt(descriptor, signal);
        }
        catch (IOException failure)
        {
            return BeginAnewLater(failure.Message);
        }
        _isConnected = false;
        _deadlineTicks = pool.Reactor.NowTicks + pool.Options.ConnectTimeoutTicks;
        return true;
    }

    /// <summary>Notes that this machine, not the model server, has nothing left: descriptors, ports or room in a Unix
    /// socket's backlog. The next try begins with the first address.</summary>
    /// <returns>False, for <see cref="TryBegin"/>.</returns>
    private bool BeginAnewLater(string reason)
    {
        Failure = reason;
        if (!IsExhausted) _exhaustedSinceTicks = pool.Reactor.NowTicks;
        _nextAddress = 0;
        return false;
    }

    /// <summary>Waits for up to one connect timeout, since what is exhausted may be there again in a moment.</summary>
    private ConnectStatus AwaitRoom()
    {
        var sinceTicks = pool.Reactor.NowTicks - _exhaustedSinceTicks;
        if (sinceTicks >= pool.Options.ConnectTimeoutTicks) return End(ConnectStatus.Exhausted);
        signal.ExpireAfter(Reactor.SweepTicks);
        return ConnectStatus.Pending;
    }

    private ConnectStatus End(ConnectStatus status)
    {
        StartOver();
        signal.NeverExpire();
        return status;
    }

    private void StartOver() => (_nextAddress, _exhaustedSinceTicks) = (0, long.MaxValue);

    private IoStatus Fail(string reason, bool isOfTls = false)
    {
        (Failure, HasTlsFailed) = (reason, isOfTls);
        return IoStatus.Broken;
    }

    private void Drop()
    {
        _channel?.Close();
        _channel = null;
    }
}
