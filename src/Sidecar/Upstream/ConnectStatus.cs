namespace Sidecar.Upstream;

/// <summary>What a poll of a connect to the model server, over all of its addresses, came to. All but
/// <see cref="Pending"/> are final: the next poll begins a new connect at the first address.</summary>
internal enum ConnectStatus : byte
{
    /// <summary>A connection is ready, its TLS handshake done where it has one; the caller owns it now.</summary>
    Connected,

    /// <summary>The connect is under way: poll again when the signal pulses, on progress or at its deadline.</summary>
    Pending,

    /// <summary>Each address refused, was unreachable, failed in TLS or was silent for the connect timeout.</summary>
    Refused,

    /// <summary>This machine had no descriptor, port or backlog room for the length of a connect timeout.</summary>
    Exhausted,
}
