namespace Sidecar.Proxy.Line;

/// <summary>How long a client may take for its next head, and what its silence means. Pure.</summary>
internal static class HeadRule
{
    /// <summary>Ticks of 100 ns that the client has from now on: a TLS handshake has as much time as a head.</summary>
    internal static long TimeoutTicks(bool hasBegun, bool isShakingHands, ProxyOptions options) =>
        hasBegun || isShakingHands ? options.HeadTimeoutTicks : options.IdleTicks;

    /// <summary>The status of a head of which no further byte is there.</summary>
    /// <param name="hasBegun">
    /// A byte of the head has come: it is answered, whatever follows, since its client was told that the connection
    /// stays.
    /// </param>
    /// <param name="isClosing">No connection is kept for a further request.</param>
    /// <param name="isExpired">The time is over.</param>
    internal static HeadStatus WhenSilent(bool hasBegun, bool isClosing, bool isExpired)
    {
        if (!hasBegun) return isClosing || isExpired ? HeadStatus.Ended : HeadStatus.Reading;
        return isExpired ? HeadStatus.TimedOut : HeadStatus.Reading;
    }
}
