namespace Sidecar.DataPlane;

/// <summary>How a synchronous step of the epoll relay ended.</summary>
internal enum RelayStep : byte
{
    Done,
    Blocked,
    Failed,
}
