using System.Net.Sockets;
using Sidecar.Transport;

namespace Sidecar.Upstream;

/// <summary>
/// One connect at a time, polled: each address in turn, each within the connect timeout. Reused for the connects of one
/// downstream connection, on its reactor's thread.
/// </summary>
public sealed class UpstreamConnector(UpstreamPool pool, Signal signal)
{
    /// <summary>
    /// The kernel would grow it to some MiB for a client that does not read: the model server is to be held back before
    /// that, and the machine's memory is not the sidecar's to fill.
    /// </summary>
    private const int ReceiveBufferBytes = 256 * 1024;

    private SocketChannel? _channel;
    private bool _isConnected;
    private int _nextAddress;
    private long _deadlineTicks;
    private long _exhaustedSinceTicks = long.MaxValue;

    /// <summary>Begins or goes on. A pending connect sets the signal's deadline and pulses it on progress.</summary>
    public ConnectStatus Poll(out UpstreamConnection? connection)
    {
        connection = null;
        while (true)
        {
            if (_channel is null && !TryBegin()) return IsExhausted ? Await() : End(ConnectStatus.Refused);
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
                default:
                    Drop();
                    break;
            }
        }
    }

    /// <summary>Gives up what is pending.</summary>
    public void Abandon()
    {
        Drop();
        _nextAddress = 0;
        _exhaustedSinceTicks = long.MaxValue;
    }

    private bool IsExhausted => _exhaustedSinceTicks != long.MaxValue;

    /// <summary>From the connect to the end of the TLS handshake, if there is one: Done, Blocked or Broken.</summary>
    private IoStatus Advance(SocketChannel channel)
    {
        if (channel.PeerClosed) return IoStatus.Broken;
        if (_isConnected) return channel.Handshake();
        if (!channel.CanSend) return IoStatus.Blocked;
        if (channel.TakeError() != 0) return IoStatus.Broken;
        _isConnected = true;
        if (pool.Options.Tls is { } tls) channel.Secure(tls.Context, tls.Host);
        return channel.Handshake();
    }

    /// <summary>
    /// False when every address was tried. A connect that fails at once leaves no channel and is passed over.
    /// </summary>
    private unsafe bool TryBegin()
    {
        var addresses = pool.Addresses.All;
        if (_nextAddress >= addresses.Count) return false;
        var address = addresses[_nextAddress++];
        var bytes = address.Buffer.Span[..address.Size];
        var descriptor = Libc.StreamSocket(bytes);
        if (descriptor < 0) return !NoteExhaustion();
        if (descriptor >= pool.DescriptorsMax)
        {
            Libc.Close(descriptor);
            return !NoteExhaustion();
        }
        if (address.Family != AddressFamily.Unix) Libc.SetOption(descriptor, Libc.LevelTcp, Libc.OptionNoDelay, 1);
        Libc.SetOption(descriptor, Libc.LevelSocket, Libc.OptionReceiveBuffer, ReceiveBufferBytes);
        int result;
        fixed (byte* start = bytes) result = Libc.Connect(descriptor, start, bytes.Length);
        if (result < 0 && Libc.LastError != Libc.ConnectInProgress)
        {
            var isExhausted = Libc.LastError is Libc.AddressNotAvailable or Libc.WouldBlock;
            Libc.Close(descriptor);
            return !(isExhausted && NoteExhaustion());
        }
        _channel = pool.Reactor.Adopt(descriptor, signal);
        _isConnected = false;
        _deadlineTicks = pool.Reactor.NowTicks + pool.Options.ConnectTimeoutTicks;
        return true;
    }

    /// <summary>
    /// This machine, not the model server, has nothing left: descriptors, ports or room in a Unix socket's backlog.
    /// Begins anew with the first address. Always true.
    /// </summary>
    private bool NoteExhaustion()
    {
        if (!IsExhausted) _exhaustedSinceTicks = pool.Reactor.NowTicks;
        _nextAddress = 0;
        return true;
    }

    /// <summary>What is exhausted may be there again in a moment: one connect timeout is waited for it.</summary>
    private ConnectStatus Await()
    {
        var now = pool.Reactor.NowTicks;
        if (now - _exhaustedSinceTicks >= pool.Options.ConnectTimeoutTicks) return End(ConnectStatus.Exhausted);
        signal.DeadlineTicks = now + Reactor.SweepTicks;
        return ConnectStatus.Pending;
    }

    private ConnectStatus End(ConnectStatus status)
    {
        _nextAddress = 0;
        _exhaustedSinceTicks = long.MaxValue;
        signal.DeadlineTicks = long.MaxValue;
        return status;
    }

    private void Drop()
    {
        _channel?.Close();
        _channel = null;
    }
}
