using Sidecar.Transport;
using Sidecar.Transport.Buffers;
using Sidecar.Transport.Kernel;

namespace Sidecar.Proxy;

/// <summary>Sends all that the sidecar says itself to a client: interim answers, refusals, errors. Each is sent whole,
/// or the connection ends; nothing else is sent to the client before it is. One reactor's thread.</summary>
/// <remarks>
/// What the socket does not take at once lies in an array of 4 KiB until it does, so a connection holds one only while
/// its client is slow to read. A longer page can be said part by part, each when <see cref="Poll"/> is true. With TLS a
/// send that was blocked is repeated with the bytes that it began with, since the rest begins with them.
/// </remarks>
internal sealed class OwnAnswerStep(SocketChannel client, BufferPool buffers, StallWatch watch, Signal signal)
{
    private byte[]? _unsent;
    private int _start;
    private int _end;

    /// <summary>Part of what was said is unsent: nothing else may be sent.</summary>
    internal bool IsPending => _unsent is not null;

    /// <summary>The client's connection is broken: nothing can be sent any more.</summary>
    internal bool IsBroken { get; private set; }

    /// <summary>Sends as much as the socket takes and keeps what is left.</summary>
    /// <param name="text">With what is still pending, at most the array's length.</param>
    internal void Say(ReadOnlySpan<byte> text)
    {
        var count = 0;
        if (!IsPending) IsBroken |= client.TrySend(text, out count) == IoStatus.Broken;
        if (count == text.Length || IsBroken) return;
        if (_unsent is null) (_unsent, _start, _end) = (buffers.RentSmall(), 0, 0);
        text[count..].CopyTo(_unsent.AsSpan(_end));
        _end += text.Length - count;
        watch.Begin();
    }

    /// <summary>Sends of the rest what the socket takes, under another's deadline; true when that was any.</summary>
    internal bool Flush()
    {
        if (_unsent is null) return false;
        IsBroken |= client.TrySend(_unsent.AsSpan(_start, _end - _start), out var count) == IoStatus.Broken;
        _start += count;
        if (_start == _end || IsBroken) Release();
        return count > 0;
    }

    /// <summary>True while the client still takes what was said, and so cannot be expected to send.</summary>
    internal bool TryExtend() => IsPending && watch.TryExtend();

    /// <summary>True when all was sent, or the connection has been broken off because it cannot be: the client has
    /// left, or has taken nothing for too long.</summary>
    internal bool Poll()
    {
        if (!IsPending && !IsBroken) return true;
        Flush();
        // What the socket takes it has room for by what the client has taken, which the watch sees.
        if (IsPending && !client.PeerClosed && (!signal.IsExpired || watch.TryExtend())) return false;
        if (IsPending || IsBroken) client.Abort();
        Release();
        signal.NeverExpire();
        return true;
    }

    /// <summary>Gives the array back; its bytes are not sent.</summary>
    internal void Release()
    {
        if (_unsent is not null) buffers.Return(_unsent);
        _unsent = null;
    }
}
