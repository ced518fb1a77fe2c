using System.Net;
using System.Net.Sockets;

namespace Sidecar.Configuration;

/// <summary>
/// Finds an upstream that, once its name is resolved, turns out to be the sidecar's own listener: it would send each
/// request to itself, for ever.
/// </summary>
public static class OwnListener
{
    /// <returns>Why the upstream cannot be used; null where it can.</returns>
    public static string? FaultOf(IReadOnlyList<SocketAddress> upstream, EndPoint listen, EndPoint admin) =>
        FaultOf(upstream, listen, admin, IsOfThisMachine);

    internal static string? FaultOf(
        IReadOnlyList<SocketAddress> upstream, EndPoint listen, EndPoint admin,
        Func<IPAddress, bool> isOfThisMachine)
    {
        foreach (var address in upstream)
        {
            if (ToEndPoint(address) is not { } there) continue;
            if (Reaches(there, listen, isOfThisMachine)) return Text(there, "data");
            if (Reaches(there, admin, isOfThisMachine)) return Text(there, "admin");
        }
        return null;
    }

    /// <summary>The upstream is the own listener, as far as that is seen before a name is resolved.</summary>
    internal static bool IsPlainly(EndPoint upstream, EndPoint? own) => (upstream, own) switch
    {
        (UnixDomainSocketEndPoint, UnixDomainSocketEndPoint) => $"{upstream}" == $"{own}",
        (_, not IPEndPoint { Port: not 0 }) => false,
        (IPEndPoint there, IPEndPoint here) => Reaches(there, here, IsOfThisMachine),
        (DnsEndPoint there, IPEndPoint here) => there.Port == here.Port && there.Host == "localhost",
        _ => false,
    };

    /// <summary>A connection to <paramref name="there"/> ends at what listens <paramref name="here"/>.</summary>
    private static bool Reaches(IPEndPoint there, EndPoint here, Func<IPAddress, bool> isOfThisMachine)
    {
        if (here is not IPEndPoint { Port: not 0 } listener || listener.Port != there.Port) return false;
        var (address, own) = (Plain(there.Address), Plain(listener.Address));
        // The kernel takes a connection to "any" as one to loopback.
        if (address.Equals(IPAddress.Any)) address = IPAddress.Loopback;
        if (address.Equals(IPAddress.IPv6Any)) address = IPAddress.IPv6Loopback;
        if (address.Equals(own)) return true;
        var takesAll = own.Equals(IPAddress.IPv6Any)
            || (own.Equals(IPAddress.Any) && address.AddressFamily == AddressFamily.InterNetwork);
        return takesAll && isOfThisMachine(address);
    }

    /// <summary>
    /// Asks the kernel for the way to an address, without a packet: to one of this machine's own it leads from that
    /// same address. Unlike an attempt to bind, that holds under <c>ip_nonlocal_bind</c> too.
    /// </summary>
    internal static bool IsOfThisMachine(IPAddress address)
    {
        if (IPAddress.IsLoopback(address)) return true;
        try
        {
            const int anyPort = 9;
            using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(new IPEndPoint(address, anyPort));
            return socket.LocalEndPoint is IPEndPoint from && from.Address.Equals(address);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string Text(IPEndPoint there, string port) => $"{there} is the sidecar's own {port} port";

    private static IPEndPoint? ToEndPoint(SocketAddress address) => address.Family switch
    {
        AddressFamily.InterNetwork => (IPEndPoint)new IPEndPoint(IPAddress.Any, 0).Create(address),
        AddressFamily.InterNetworkV6 => (IPEndPoint)new IPEndPoint(IPAddress.IPv6Any, 0).Create(address),
        _ => null,
    };

    private static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
