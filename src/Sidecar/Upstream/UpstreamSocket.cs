using Sidecar.Transport.Kernel;

namespace Sidecar.Upstream;

/// <summary>Makes the sockets that connect to the model server.</summary>
internal static class UpstreamSocket
{
    private const int UnixFamily = 1;

    /// <summary>The kernel would grow the receive buffer to some MiB for a client that does not read. The model server
    /// is held back before that, and the machine's memory is not the sidecar's to fill.</summary>
    private const int ReceiveBufferBytes = 256 * 1024;

    /// <summary>Opens a socket; negative on failure, with the reason in <see cref="Libc.LastError"/>.</summary>
    internal static int Open(ReadOnlySpan<byte> address)
    {
        var descriptor = Libc.StreamSocket(address);
        if (descriptor < 0) return descriptor;
        Libc.SetOption(descriptor, Libc.LevelSocket, Libc.OptionReceiveBuffer, ReceiveBufferBytes);
        if (Libc.FamilyOf(address) == UnixFamily) return descriptor;
        Libc.SetOption(descriptor, Libc.LevelTcp, Libc.OptionNoDelay, 1);
        KeepAliveProbes.Set(descriptor);
        return descriptor;
    }
}
