using Sidecar.Transport;

namespace Sidecar.Proxy;

/// <summary>
/// How much one connection may do before the others on its reactor have theirs, whatever it does and whatever it is
/// sent: heads, bodies, refusals, relaying, lingering. One reactor's thread.
/// </summary>
/// <remarks>
/// Counted in moves: a head taken, a buffer of 16 KiB received, or one pass of a relay, which may move one buffer each
/// way. Who is refused a move says that it has not ended; its loop awaits <see cref="Next"/> and is resumed when all
/// that were ready have been.
/// </remarks>
internal sealed class Turn(Signal signal)
{
    internal const int MovesMax = 32;

    /// <summary>The bytes that are one move; what is received at once beyond them counts as further moves.</summary>
    internal const int MoveBytes = 16 * 1024;

    private int _movesLeft = MovesMax;

    /// <summary>What a loop awaits that can do no more now; after it, a new turn has begun.</summary>
    internal Signal Next()
    {
        _movesLeft = MovesMax;
        return signal;
    }

    /// <summary>False when the turn is over; the signal is pulsed then.</summary>
    internal bool TryMove()
    {
        if (_movesLeft-- > 0) return true;
        signal.Pulse();
        return false;
    }

    /// <summary>One move has passed on so many bytes.</summary>
    internal void Charge(int bytes)
    {
        if (bytes > MoveBytes) _movesLeft -= (bytes - 1) / MoveBytes;
    }
}
