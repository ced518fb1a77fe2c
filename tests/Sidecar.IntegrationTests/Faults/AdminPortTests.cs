using System.Net;
using Sidecar.IntegrationTests.Harness;
using static Sidecar.Testing.Requests;

namespace Sidecar.IntegrationTests.Faults;

/// <summary>Whoever reaches the admin port must not be able to make the pod look dead.</summary>
public class AdminPortTests
{
    private const int Silent = 600, Descriptors = 100;

    [Theory]
    [InlineData("")]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: a")]
    public async Task SilentConnections_DoNotShutOutTheProbes(string beginning)
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(upstream.EndPoint);
        await ReadyAsync(sidecar);
        using var silent = new Peers();
        await silent.ConnectAsync(sidecar.Admin.EndPoint, Silent, beginning);

        await AssertProbesSucceedAsync(sidecar);
        Assert.InRange(sidecar.DescriptorCount, 1, 256);
    }

    [Fact]
    public async Task SilentConnections_WhenDescriptorsHaveRunOut_DoNotShutOutTheProbes()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartWithDescriptorsAsync(Descriptors, upstream.EndPoint);
        await ReadyAsync(sidecar);
        for (var i = 0; i < Descriptors; i++) await sidecar.ConnectAsync();
        using var silent = new Peers();
        await silent.ConnectAsync(sidecar.Admin.EndPoint, Descriptors, "");

        await AssertProbesSucceedAsync(sidecar);
    }

    [Fact]
    public async Task DrainThatWaits_OutlastsSilentConnections()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(upstream.EndPoint, ("SIDECAR_DRAIN_DELAY", "0s"));
        var client = await sidecar.SendAsync(Post("{}"));
        var arrival = await upstream.NextAsync();
        using var waiting = await TestPeer.ConnectAsync(sidecar.Admin.EndPoint);
        await waiting.SendAsync("POST /drain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
        await AdminClient.UntilAsync(
            async () => await sidecar.Admin.MetricAsync("sidecar_draining") == 1, "the drain");
        using var silent = new Peers();
        await silent.ConnectAsync(sidecar.Admin.EndPoint, Silent, "");

        await arrival.AnswerAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
        Assert.EndsWith("\r\n\r\ndrained\n", await waiting.ReadMessageAsync());
        Assert.Equal(0, await sidecar.ExitAsync());
    }

    private static Task ReadyAsync(SidecarProcess sidecar) => AdminClient.UntilAsync(
        async () => await sidecar.Admin.StatusAsync("/readyz") == HttpStatusCode.OK, "/readyz");

    private static async Task AssertProbesSucceedAsync(SidecarProcess sidecar)
    {
        var check = await SidecarCommand.RunAsync(["healthcheck"], ("SIDECAR_ADMIN", $"{sidecar.Admin.EndPoint}"));
        Assert.Equal((0, "ready\n", ""), check);
        foreach (var path in new[] { "/healthz", "/metrics" })
        {
            using var probe = new AdminClient(sidecar.Admin.EndPoint);
            Assert.Equal(HttpStatusCode.OK, await probe.StatusAsync(path));
        }
    }

    /// <summary>Clients that stay, and do no more.</summary>
    private sealed class Peers : IDisposable
    {
        private readonly List<TestPeer> _peers = [];

        internal async Task ConnectAsync(IPEndPoint admin, int count, string beginning)
        {
            for (var i = 0; i < count; i++)
            {
                var peer = await TestPeer.ConnectAsync(admin);
                _peers.Add(peer);
                if (beginning.Length > 0) await peer.SendAsync(beginning);
            }
        }

        public void Dispose()
        {
            foreach (var peer in _peers) peer.Dispose();
        }
    }
}
