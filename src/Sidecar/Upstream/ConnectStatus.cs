namespace Sidecar.Upstream;

/// <summary>How far a connect to the model server has come, over all of its addresses.</summary>
internal enum ConnectStatus : byte
{
    /// <summary>A connection is there, past its TLS handshake where it has one; the caller holds it now.</summary>
    Connected,

    /// <summary>Under way: the signal pulses on progress and at its deadline; then poll again.</summary>
    Pending,

    /// <summary>Refused, unreachable or not answered within the connect timeout, at each of the addresses.</summary>
    Refused,

    /// <summary>This machine had no descriptor or port left for the length of a connect timeout.</summary>
    Exhausted,
}
