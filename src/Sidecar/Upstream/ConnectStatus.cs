namespace Sidecar.Upstream;

public enum ConnectStatus : byte
{
    Connected,
    Pending,

    /// <summary>Refused, unreachable or not answered within the connect timeout, at each of the addresses.</summary>
    Refused,
}
