using Sidecar.Transport;
using Sidecar.Transport.Buffers;
using Sidecar.Transport.Kernel;

namespace Sidecar.Proxy.Relay;

/// <summary>One direction of a tunnel. One reactor's thread.</summary>
internal sealed class TunnelDirection(ByteBuffer buffer)
{
    private bool _isSourceEnded;

    internal bool IsPending => buffer.Length > 0;

    /// <summary>The source has ended its direction, and the target was told after the last byte.</summary>
    internal bool HasEnded { get; private set; }

    internal bool IsSourceBroken { get; private set; }

    internal bool IsTargetBroken { get; private set; }

    internal void Begin()
    {
        _isSourceEnded = HasEnded = IsSourceBroken = IsTargetBroken = false;
        buffer.Consume(0);
    }

    /// <summary>Sends what is pending, else receives more. True when anything moved.</summary>
    internal bool Move(SocketChannel source, SocketChannel target)
    {
        if (IsPending) return Send(target);
        if (HasEnded || IsSourceBroken) return false;
        if (_isSourceEnded)
        {
            target.EndSending();
            HasEnded = true;
            return true;
        }
        return source.CanReceive && Receive(source);
    }

    /// <summary>Holds no array while there is nothing in it.</summary>
    internal void ReleaseIfEmpty()
    {
        if (!IsPending) buffer.Release();
    }

    private bool Send(SocketChannel target)
    {
        var pending = buffer.Array.AsSpan(buffer.Start, buffer.Length);
        IsTargetBroken = target.TrySend(pending, out var count) == IoStatus.Broken;
        buffer.Consume(count);
        return count > 0;
    }

    private bool Receive(SocketChannel source)
    {
        buffer.Clear();
        buffer.Acquire();
        switch (source.TryReceive(buffer.Free, out var count))
        {
            case IoStatus.Done:
                buffer.End += count;
                return true;
            case IoStatus.Ended:
                return _isSourceEnded = true;
            case IoStatus.Broken:
                IsSourceBroken = true;
                return false;
            default:
                return false;
        }
    }
}
