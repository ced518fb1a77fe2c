using System.Net;

namespace Sidecar.Admin;

/// <summary>
/// Where the admin port listens, and where the commands of the same pod find it: on loopback always, also where it is
/// set to one address of the pod, since only what comes by loopback may change the sidecar's state.
/// </summary>
public static class AdminAddresses
{
    /// <summary>The address set, and loopback where that does not include it.</summary>
    /// <param name="admin">With port 0 nobody could tell the second port, so there is none.</param>
    public static IReadOnlyList<IPEndPoint> ToListenOn(IPEndPoint admin) =>
        IsOwn(admin.Address) && admin.Port != 0 ? [admin, LoopbackOf(admin)] : [admin];

    /// <summary>Nobody of the pod comes in by loopback, and so no command does.</summary>
    public static bool LacksLoopback(IPEndPoint admin) => IsOwn(admin.Address) && admin.Port == 0;

    /// <summary>What a command tries, one after the other: the next where nobody listens.</summary>
    public static IReadOnlyList<IPEndPoint> ToAsk(IPEndPoint admin)
    {
        if (IsOwn(admin.Address)) return [LoopbackOf(admin)];
        if (IPAddress.IsLoopback(admin.Address)) return [admin];
        var four = new IPEndPoint(IPAddress.Loopback, admin.Port);
        return admin.Address.Equals(IPAddress.IPv6Any) ? [four, LoopbackOf(admin)] : [four];
    }

    /// <summary>One address of the pod, that is: neither all of them nor loopback.</summary>
    private static bool IsOwn(IPAddress address) =>
        !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);

    private static IPEndPoint LoopbackOf(IPEndPoint admin) => new(
        admin.Address is { IsIPv4MappedToIPv6: false, AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 }
            ? IPAddress.IPv6Loopback
            : IPAddress.Loopback,
        admin.Port);
}
