using System.Net;
using System.Net.Sockets;
using Sidecar.Transport.Kernel;

namespace Sidecar.Downstream;

/// <summary>Binds a data port, or a Unix socket, and tells accepted clients' addresses. The options set here are
/// inherited by accepted sockets, which saves the calls for each (tcp(7)).</summary>
internal static unsafe class ListeningSocket
{
    private const int Backlog = 4096;

    /// <summary>Most unsent bytes that the kernel holds for a client (TCP_NOTSENT_LOWAT): one that does not read would
    /// else fill some MiB of the machine's memory.</summary>
    private const int UnsentBytesMax = 256 * 1024;

    private const int Ipv4 = 2, Ipv6 = 10;
    private const int AddressBytesMax = 128;

    /// <summary>Binds an address and listens; <paramref name="bound"/> is the address that was really taken.</summary>
    /// <returns>A non-blocking descriptor, the caller's.</returns>
    /// <exception cref="IOException">The address is in use or not this machine's.</exception>
    internal static int Open(EndPoint endPoint, out EndPoint bound)
    {
        var address = endPoint.Serialize();
        var descriptor = Libc.Check(Libc.StreamSocket(address.Buffer.Span), "socket");
        try
        {
            if (endPoint is not UnixDomainSocketEndPoint) SetTcpOptions(descriptor, endPoint);
            Bind(descriptor, address, endPoint);
            Libc.Check(Libc.Listen(descriptor, Backlog), "listening on ", endPoint);
            bound = endPoint is UnixDomainSocketEndPoint ? endPoint : endPoint.Create(NameOf(descriptor, address));
            return descriptor;
        }
        catch
        {
            Libc.Close(descriptor);
            throw;
        }
    }

    /// <summary>Accepts a connection; negative on failure, as <see cref="Libc.LastError"/> tells.</summary>
    internal static int Accept(int listener, out IPAddress? client)
    {
        byte* address = stackalloc byte[AddressBytesMax];
        var length = AddressBytesMax;
        var descriptor = Libc.Accept(listener, address, &length, Libc.NonBlocking | Libc.CloseOnExec);
        client = descriptor < 0 ? null : AddressOf(new ReadOnlySpan<byte>(address, length));
        return descriptor;
    }

    private static void SetTcpOptions(int descriptor, EndPoint endPoint)
    {
        Libc.SetOption(descriptor, Libc.LevelSocket, Libc.OptionReuseAddress, 1);
        if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
            Libc.SetOption(descriptor, Libc.LevelIpv6, Libc.OptionIpv6Only, 0);
        Libc.SetOption(descriptor, Libc.LevelTcp, Libc.OptionNoDelay, 1);
        Libc.SetOption(descriptor, Libc.LevelTcp, Libc.OptionNotSentLow, UnsentBytesMax);
        KeepAliveProbes.Set(descriptor);
    }

    private static void Bind(int descriptor, SocketAddress address, EndPoint endPoint)
    {
        fixed (byte* start = address.Buffer.Span)
        {
            if (Libc.Bind(descriptor, start, address.Size) >= 0) return;
            // The file of a Unix socket stays when its process is killed.
            if (Libc.LastError == Libc.AddressInUse && endPoint is UnixDomainSocketEndPoint && IsDeserted(address))
                File.Delete($"{endPoint}");
            Libc.Check(Libc.Bind(descriptor, start, address.Size), "listening on ", endPoint);
        }
    }

    /// <summary>Whether nobody listens at a Unix socket's file any more.</summary>
    private static bool IsDeserted(SocketAddress address)
    {
        var descriptor = Libc.Check(Libc.StreamSocket(address.Buffer.Span), "socket");
        try
        {
            fixed (byte* start = address.Buffer.Span)
                return Libc.Connect(descriptor, start, address.Size) < 0 && Libc.LastError == Libc.Refused;
        }
        finally
        {
            Libc.Close(descriptor);
        }
    }

    private static SocketAddress NameOf(int descriptor, SocketAddress address)
    {
        var length = address.Size;
        fixed (byte* start = address.Buffer.Span) Libc.Check(Libc.GetName(descriptor, start, &length), "getsockname");
        return address;
    }

    private static IPAddress? AddressOf(ReadOnlySpan<byte> address) => Libc.FamilyOf(address) switch
    {
        // struct sockaddr_in and sockaddr_in6: the address lies behind the port, in IPv6 behind the flow label too.
        Ipv4 => new IPAddress(address.Slice(4, 4)),
        Ipv6 => new IPAddress(address.Slice(8, 16)),
        _ => null,
    };
}
