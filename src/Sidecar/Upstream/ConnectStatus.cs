namespace Sidecar.Upstream;

public enum ConnectStatus : byte
{
    Connected,
    Pending,

    /// <summary>Refused, unreachable or not answered within the connect timeout, at each of the addresses.</summary>
    Refused,

    /// <summary>This machine had no descriptor or port left for the length of a connect timeout.</summary>
    Exhausted,
}
