using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Sidecar.Tests.Proxy;

namespace Sidecar.Tests.Admin;

public class DrainPermissionTests
{
    [Theory]
    [InlineData("", HttpStatusCode.OK)]
    [InlineData("Host: localhost:9464", HttpStatusCode.OK)]
    [InlineData("Host: [::1]:9464", HttpStatusCode.OK)]
    [InlineData("Host: rebound.example", HttpStatusCode.Forbidden)]
    [InlineData("Host: localhost.rebound.example", HttpStatusCode.Forbidden)]
    [InlineData("Host: 0.0.0.0", HttpStatusCode.Forbidden)]
    [InlineData("Host: 10.1.2.3", HttpStatusCode.Forbidden)]
    [InlineData("Origin: http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin: null", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site: cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Via: 1.1 mesh", HttpStatusCode.Forbidden)]
    [InlineData("X-Forwarded-For: 10.1.2.3", HttpStatusCode.Forbidden)]
    [InlineData("X-Forwarded-Proto: http", HttpStatusCode.Forbidden)]
    [InlineData("Forwarded: for=10.1.2.3", HttpStatusCode.Forbidden)]
    public async Task ByLoopback_OnlyWhatNoPageAndNoProxySends(string field, HttpStatusCode status)
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var drains = 0;
        await using var admin = await AdminHarness.StartAsync(sidecar, () =>
        {
            drains++;
            return Task.FromResult(0);
        });
        var host = field.StartsWith("Host", StringComparison.Ordinal) ? "" : $"Host: {admin.EndPoint}\r\n";
        using var client = await TestPeer.ConnectAsync(admin.EndPoint);

        await client.SendAsync(
            $"POST /drain HTTP/1.1\r\n{host}Content-Length: 0\r\n{field}{(field.Length > 0 ? "\r\n" : "")}\r\n");
        var answer = await client.ReadMessageAsync();
        Assert.StartsWith($"HTTP/1.1 {(int)status} ", answer);
        if (status == HttpStatusCode.Forbidden)
            Assert.Contains($"\r\n\r\nfrom this pod only: refused for its field {field.Split(':')[0]}, ", answer);
        Assert.Equal(status == HttpStatusCode.OK ? 1 : 0, drains);
    }

    /// <summary>A request from the pod's own address is no proof of the pod: a proxy within it passes on so what comes
    /// from outside. And 127.0.0.6 is where Istio's comes from.</summary>
    [Theory]
    [InlineData("0.0.0.0", null)]
    [InlineData("0.0.0.0", "127.0.0.6")]
    [InlineData("::", null)]
    [InlineData(null, null)]
    public async Task ByTheOwnAddress_IsRefused_AndLoopbackIsServedBesideIt(string? listen, string? source)
    {
        var own = OwnAddress();
        if (own is null) Assert.Skip("this machine has no address but loopback");
        await using var sidecar = await ProxyHarness.StartAsync();
        var port = FreePort(own);
        var address = listen is null ? own : IPAddress.Parse(listen);
        await using var admin = await AdminHarness.StartAsync(sidecar, listen: new IPEndPoint(address, port));

        Assert.StartsWith("HTTP/1.1 403 ", await DrainAsync(new IPEndPoint(own, port), source));
        Assert.StartsWith("HTTP/1.1 200 ", await DrainAsync(new IPEndPoint(IPAddress.Loopback, port), null));
    }

    [Fact]
    public async Task LoopbackTaken_IsOneClearFault()
    {
        var own = OwnAddress();
        if (own is null) Assert.Skip("this machine has no address but loopback");
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = (IPEndPoint)other.LocalEndpoint;
        await using var sidecar = await ProxyHarness.StartAsync();

        var fault = await Assert.ThrowsAsync<IOException>(
            () => AdminHarness.StartAsync(sidecar, listen: new IPEndPoint(own, taken.Port)));
        Assert.StartsWith($"{taken} is in use by another process, and the admin port, ", fault.Message);
    }

    private static async Task<string> DrainAsync(IPEndPoint address, string? source)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (source is not null) socket.Bind(new IPEndPoint(IPAddress.Parse(source), 0));
        await socket.ConnectAsync(address, TestContext.Current.CancellationToken);
        using var client = new TestPeer(socket);
        await client.SendAsync("POST /drain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
        return await client.ReadHeadAsync();
    }

    private static IPAddress? OwnAddress() => NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(link => link.GetIPProperties().UnicastAddresses)
        .Select(unicast => unicast.Address)
        .FirstOrDefault(address =>
            address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));

    private static int FreePort(IPAddress address)
    {
        using var listener = new TcpListener(address, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
