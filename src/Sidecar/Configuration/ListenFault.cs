using System.Net.Sockets;

namespace Sidecar.Configuration;

/// <summary>Says in plain words why an address cannot be listened on, or a name not be resolved. Pure.</summary>
public static class ListenFault
{
    private const int Permission = 13, NoFile = 2, NoFolder = 20, ReadOnly = 30, NoFamily = 97;
    private const int InUse = 98, NotHere = 99, NoDescriptor = 24;

    /// <param name="failure">From the kernel's number (<c>HResult</c>), from the runtime's sockets, or around one of
    /// these.</param>
    public static string ReasonOf(Exception failure)
    {
        for (var inner = failure; inner is not null; inner = inner.InnerException)
        {
            var reason = inner is SocketException socket ? ReasonOf(socket.SocketErrorCode) : ReasonOf(inner.HResult);
            if (reason is not null) return reason;
        }
        return failure.Message.ReplaceLineEndings(" ");
    }

    private static string? ReasonOf(SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse => ReasonOf(InUse),
        SocketError.AddressNotAvailable => ReasonOf(NotHere),
        SocketError.AccessDenied => ReasonOf(Permission),
        SocketError.TooManyOpenSockets => ReasonOf(NoDescriptor),
        SocketError.AddressFamilyNotSupported => ReasonOf(NoFamily),
        SocketError.HostNotFound or SocketError.NoData => "the name is not known",
        SocketError.TryAgain => "the name cannot be resolved now",
        _ => null,
    };

    /// <param name="error">As errno(3) numbers them on Linux.</param>
    private static string? ReasonOf(int error) => error switch
    {
        InUse => "in use by another process",
        NotHere => "this machine has no such address",
        Permission => "permission denied",
        NoFile or NoFolder => "the socket's folder does not exist",
        NoDescriptor => "the limit on open files is reached",
        ReadOnly => "the file system is read-only",
        NoFamily => "this machine has no such kind of address",
        _ => null,
    };
}
