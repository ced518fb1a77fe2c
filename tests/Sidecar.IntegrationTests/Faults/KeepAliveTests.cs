using System.Net;
using Sidecar.IntegrationTests.Harness;
using static Sidecar.Testing.Requests;

namespace Sidecar.IntegrationTests.Faults;

/// <summary>The model server announces when it will close a connection, as llama.cpp's does in every answer.</summary>
public class KeepAliveTests
{
    private const string Announced =
        "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=100\r\nContent-Length: 2\r\n\r\nok";

    /// <summary>A 101st request would be lost: the sidecar closes after the 100th answer.</summary>
    [Fact]
    public async Task Max100_NoConnectionIsUsedA101stTime()
    {
        await using var scene = await FaultScene.StartAsync();
        var uses = new Dictionary<TestPeer, List<Arrival>>();
        var client = await scene.Sidecar.ConnectAsync();
        for (var i = 0; i < 250; i++)
        {
            await client.SendAsync(Post($"{i}"));
            var arrival = await scene.Upstream.NextAsync();
            if (!uses.TryGetValue(arrival.Peer, out var earlier)) uses[arrival.Peer] = earlier = [];
            earlier.Add(arrival);
            await arrival.AnswerAsync(Announced);
            Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
        }

        Assert.Equal([100, 100, 50], uses.Values.Select(arrivals => arrivals.Count));
        await scene.AssertCleanAsync([.. uses.Values.Where(arrivals => arrivals.Count == 100).Select(all => all[^1])]);
    }

    /// <summary>The sidecar closes first: this model server would keep the connection for ever.</summary>
    [Fact]
    public async Task Timeout_TheConnectionIsGivenUpBeforeIt()
    {
        await using var scene = await FaultScene.StartAsync();
        var (client, arrival) = await scene.BeginAsync(Post("first"));
        await arrival.AnswerAsync("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=3\r\nContent-Length: 2\r\n\r\nok");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
        await arrival.Closed.WaitAsync(FaultScene.Patience, TestContext.Current.CancellationToken);
        await scene.AssertCleanAsync(arrival);
    }

    [Fact]
    public async Task NothingAnnounced_TheConnectionIsGivenUpAfterTheIdleTime()
    {
        await using var scene = await FaultScene.StartAsync(("SIDECAR_UPSTREAM_IDLE", "1s"));
        var (client, arrival) = await scene.BeginAsync(Post("first"));
        await arrival.AnswerAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
        await arrival.Closed.WaitAsync(FaultScene.Patience, TestContext.Current.CancellationToken);
        await scene.AssertCleanAsync(arrival);
    }

    /// <summary>One on another machine that vanishes without a word would else hold its permit for an hour.</summary>
    [Fact]
    public async Task SilentModelServer_IsProbedByTheKernel()
    {
        await using var scene = await FaultScene.StartAsync();
        var (client, arrival) = await scene.BeginAsync(Post("slow"));
        var entry = await KernelTable.FindAsync(
            (IPEndPoint)arrival.Peer.Socket.RemoteEndPoint!, arrival.Peer.Socket.LocalEndPoint!);

        Assert.Equal("02", entry.Timer);
        Assert.InRange(entry.TimerSeconds, 0, 60);
        await arrival.AnswerAsync();
        await client.ReadMessageAsync();
        await scene.AssertCleanAsync();
    }

    [Theory]
    [InlineData("Connection: close\r\n")]
    [InlineData("Keep-Alive: timeout=5, max=0\r\nConnection: keep-alive\r\n")]
    [InlineData("Keep-Alive: timeout=0\r\n")]
    public async Task LastAnswerOfAConnection_IsTakenAsSuch(string fields)
    {
        await using var scene = await FaultScene.StartAsync();
        var (client, arrival) = await scene.BeginAsync(Post("first"));
        await arrival.AnswerAsync($"HTTP/1.1 200 OK\r\n{fields}Content-Length: 2\r\n\r\nok");

        var answer = await client.ReadMessageAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
        Assert.DoesNotContain("Keep-Alive", answer, StringComparison.OrdinalIgnoreCase);
        await scene.AssertCleanAsync(arrival);
    }
}
