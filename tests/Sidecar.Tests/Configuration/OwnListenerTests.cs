using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Sidecar.Configuration;

namespace Sidecar.Tests.Configuration;

public class OwnListenerTests
{
    private static readonly IPAddress Pod = IPAddress.Parse("10.1.2.3"), PodSix = IPAddress.Parse("fd00::3");

    [Theory]
    [InlineData("10.1.2.3:8000", "[::]:8000", "data")]
    [InlineData("10.1.2.3:8000", "0.0.0.0:8000", "data")]
    [InlineData("[fd00::3]:8000", "[::]:8000", "data")]
    [InlineData("[::ffff:10.1.2.3]:8000", "10.1.2.3:8000", "data")]
    [InlineData("127.0.0.1:8000", "127.0.0.1:8000", "data")]
    [InlineData("0.0.0.0:8000", "127.0.0.1:8000", "data")]
    [InlineData("[::]:8000", "[::1]:8000", "data")]
    [InlineData("10.1.2.3:9464", "[::]:8000", "admin")]
    public void OwnAddress_IsAFault(string upstream, string listen, string port) =>
        Assert.Equal($"{upstream} is the sidecar's own {port} port", FaultOf(upstream, listen));

    [Theory]
    [InlineData("10.1.2.3:8001", "[::]:8000")]
    [InlineData("10.1.2.4:8000", "[::]:8000")]
    [InlineData("127.0.0.1:8000", "10.1.2.3:8000")]
    [InlineData("10.1.2.3:8000", "127.0.0.1:8000")]
    [InlineData("[fd00::3]:8000", "0.0.0.0:8000")]
    [InlineData("10.1.2.3:8000", "unix:/a")]
    public void AnotherAddressOrPort_IsNone(string upstream, string listen) => Assert.Null(FaultOf(upstream, listen));

    [Fact]
    public void AllAddressesOfAName_AreLookedAt() => Assert.NotNull(OwnListener.FaultOf(
        [new IPEndPoint(IPAddress.Parse("10.9.9.9"), 8000).Serialize(), new IPEndPoint(Pod, 8000).Serialize()],
        new IPEndPoint(IPAddress.IPv6Any, 8000), new IPEndPoint(IPAddress.IPv6Any, 9464), IsPod));

    [Fact]
    public void ThisMachinesAddresses_AreKnown_AndOthersAreNot()
    {
        var own = NetworkInterface.GetAllNetworkInterfaces()
            .Where(card => card.OperationalStatus == OperationalStatus.Up
                || card.NetworkInterfaceType == NetworkInterfaceType.Loopback)
            .SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(entry => entry.Address).ToArray();

        Assert.NotEmpty(own);
        Assert.All(own, address => Assert.True(OwnListener.IsOfThisMachine(address), $"{address}"));
        Assert.True(OwnListener.IsOfThisMachine(IPAddress.Parse("127.1.2.3")));
        Assert.False(OwnListener.IsOfThisMachine(IPAddress.Parse("192.0.2.1")));
        Assert.False(OwnListener.IsOfThisMachine(IPAddress.Parse("2001:db8::1")));
    }

    private static string? FaultOf(string upstream, string listen)
    {
        EndPoint here = listen.StartsWith("unix:", StringComparison.Ordinal)
            ? new UnixDomainSocketEndPoint(listen[5..])
            : IPEndPoint.Parse(listen);
        var admin = new IPEndPoint(IPAddress.IPv6Any, 9464);
        return OwnListener.FaultOf([IPEndPoint.Parse(upstream).Serialize()], here, admin, IsPod);
    }

    private static bool IsPod(IPAddress address) =>
        IPAddress.IsLoopback(address) || address.Equals(Pod) || address.Equals(PodSix);
}
