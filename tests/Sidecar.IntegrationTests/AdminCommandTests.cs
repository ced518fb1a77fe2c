using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Sidecar.IntegrationTests.Harness;

namespace Sidecar.IntegrationTests;

public class AdminCommandTests
{
    public static TheoryData<string> ProxyVariables { get; } =
        ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy"];

    /// <summary>An address that refuses: what goes by it fails.</summary>
    [Theory]
    [MemberData(nameof(ProxyVariables))]
    public async Task Commands_UseNoProxy(string variable)
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(upstream.EndPoint, ("SIDECAR_DRAIN_DELAY", "0s"));
        await AdminClient.UntilAsync(
            async () => await sidecar.Admin.StatusAsync("/readyz") == HttpStatusCode.OK, "/readyz");
        (string, string)[] settings =
            [("SIDECAR_ADMIN", $"{sidecar.Admin.EndPoint}"), (variable, "http://127.0.0.1:1")];

        var check = await SidecarCommand.RunAsync(["healthcheck"], settings);
        Assert.Equal((0, "ready\n", ""), check);
        var drain = await SidecarCommand.RunAsync(["drain"], settings);
        Assert.Equal((0, "drained\n", ""), drain);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("[::]")]
    [InlineData("[::1]")]
    [InlineData("127.0.0.2")]
    [InlineData("own")]
    public async Task Commands_FindTheAdminPort_WhereverItListens(string address)
    {
        if (address == "own") address = OwnAddress() ?? "";
        if (address.Length == 0) Assert.Skip("this machine has no address but loopback");
        if (address.Contains(':') && !Socket.OSSupportsIPv6) Assert.Skip("this machine has no IPv6");
        using var upstream = new ScriptedUpstream();
        var admin = ("SIDECAR_ADMIN", $"{address}:{FreePort.Take().Port}");
        await using var sidecar = await SidecarProcess.StartAsync(
            upstream.EndPoint, admin, ("SIDECAR_DRAIN_DELAY", "0s"));
        await AdminClient.UntilAsync(
            async () => await sidecar.Admin.StatusAsync("/readyz") == HttpStatusCode.OK, "/readyz");

        Assert.Equal((0, "ready\n", ""), await SidecarCommand.RunAsync(["healthcheck"], admin));
        Assert.Equal((0, "drained\n", ""), await SidecarCommand.RunAsync(["drain"], admin));
        Assert.Equal(0, await sidecar.ExitAsync());
    }

    [Fact]
    public async Task HealthCheck_TellsWhyNot_InOneLine()
    {
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var address = (IPEndPoint)nobody.LocalEndpoint;
        nobody.Stop();
        await using var sidecar = await SidecarProcess.StartAsync(address);

        var (code, output, errors) = await SidecarCommand.RunAsync(
            ["healthcheck"], ("SIDECAR_ADMIN", $"{sidecar.Admin.EndPoint}"));
        Assert.Equal((1, ""), (code, output));
        Assert.Matches("^sidecar: not ready: [^\n]+\n$", errors);

        var refused = await SidecarCommand.RunAsync(["healthcheck"], ("SIDECAR_ADMIN", $"{address}"));
        Assert.Equal((1, "", $"sidecar: no answer from {address}: Connection refused\n"), refused);
    }

    [Fact]
    public async Task HealthCheck_WaitsForASilentPort_ButNotLong()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        var check = await SidecarCommand.RunAsync(["healthcheck"], ("SIDECAR_ADMIN", $"{silent.LocalEndpoint}"));
        Assert.Equal((1, "", $"sidecar: no answer from {silent.LocalEndpoint} within 2 s\n"), check);
    }

    private static string? OwnAddress() => NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(link => link.GetIPProperties().UnicastAddresses)
        .Select(unicast => unicast.Address)
        .FirstOrDefault(address =>
            address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address))?.ToString();
}
