using Sidecar.Transport;

namespace Sidecar.Proxy;

/// <summary>How much one connection may do before the others on its reactor have their turn, whatever it does and is
/// sent: heads, bodies, refusals, relaying, lingering. One reactor's thread.</summary>
/// <remarks>
/// Counted in moves: a head taken, a buffer of 16 KiB received, or one pass of a relay, which may move one buffer each
/// way. A step that is refused a move tells that it has not ended; its loop awaits <see cref="Next"/>, and is resumed
/// after all that were ready.
/// </remarks>
internal sealed class Turn(Signal signal)
{
    internal const int MovesMax = 32;

    /// <summary>The bytes that are one move; what is received at once beyond them counts as further moves.</summary>
    internal const int MoveBytes = 16 * 1024;

    private int _movesLeft = MovesMax;

    /// <summary>Begins a new turn, and gives what the loop awaits that can do no more now.</summary>
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

    /// <summary>Counts the bytes that one move has passed on.</summary>
    internal void Charge(int bytes)
    {
        if (bytes > MoveBytes) _movesLeft -= (bytes - 1) / MoveBytes;
    }
}
