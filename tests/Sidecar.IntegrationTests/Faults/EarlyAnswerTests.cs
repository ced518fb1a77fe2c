using System.Net.Sockets;
using Sidecar.IntegrationTests.Harness;

namespace Sidecar.IntegrationTests.Faults;

/// <summary>The model server does not read a large request body to its end.</summary>
public class EarlyAnswerTests
{
    private const int BodyBytes = 32 << 20;

    private static readonly string Piece = new('x', 1 << 20);

    /// <summary>The silence is the model server's, so it is 504 and not the client's 408.</summary>
    [Fact]
    public async Task ModelServerStopsReading_Is504()
    {
        await using var scene = await FaultScene.StartAsync(
            ("SIDECAR_RESPONSE_TIMEOUT", "1s"), ("SIDECAR_CLIENT_STALL", "500ms"));
        var (client, arrival, sending) = await BeginAsync(scene);

        var (answer, _) = await client.ReadUntilOverAsync();
        Assert.StartsWith("HTTP/1.1 504 ", answer);
        Assert.Contains("x-sidecar-reason: upstream-timeout\r\n", answer);
        await scene.OutcomeAsync("upstream-timeout");
        await sending;
        await AssertCleanAsync(scene, arrival);
    }

    /// <summary>Unread bytes make the kernel reset the connection behind the answer.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Early413_AndClosedUnread_ReachesTheClient(bool readsOnlyWhenSent)
    {
        await using var scene = await FaultScene.StartAsync();
        var (client, arrival, sending) = await BeginAsync(scene);
        await arrival.AnswerAsync(
            "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 8\r\n\r\ntoo much");
        arrival.Peer.Socket.Close();

        // Many clients send all before they look; those must find the answer too.
        if (readsOnlyWhenSent) await sending;
        var (answer, _) = await client.ReadUntilOverAsync();
        Assert.StartsWith("HTTP/1.1 413 ", answer);
        Assert.Contains("Connection: close\r\n", answer);
        Assert.EndsWith("too much", answer);
        await sending;
        await AssertCleanAsync(scene, arrival);
    }

    /// <summary>The model server keeps its connection, but its next request would be read as the rest of this one.
    /// </summary>
    [Fact]
    public async Task Early400_WhileTheClientStillSends_ReachesIt_AndTheConnectionIsNotUsedAgain()
    {
        await using var scene = await FaultScene.StartAsync();
        scene.Upstream.ReadsBodies = false;
        var (client, arrival) = await scene.BeginAsync(
            $"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: {BodyBytes}\r\n\r\n{Piece}{Piece}");
        await arrival.AnswerAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno");

        var answer = await client.ReadMessageAsync();
        Assert.StartsWith("HTTP/1.1 400 ", answer);
        Assert.Contains("Connection: close\r\n", answer);
        await SendRestAsync(client, pieces: 3);
        await AssertCleanAsync(scene, arrival);
    }

    /// <summary>A body that comes in chunks, and breaks off without its last one, is not passed off as whole.</summary>
    [Fact]
    public async Task ClientLeavesWithinAStreamedBody_ModelServerIsNotShownAnEnd()
    {
        await using var scene = await FaultScene.StartAsync(("SIDECAR_BODY_BUFFER", "32KiB"));
        scene.Upstream.ReadsBodies = false;
        var (client, arrival) = await scene.BeginAsync(
            $"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\n{Piece}\r\n");
        await arrival.Peer.ReadThroughAsync($"{Piece}\r\n");
        client.Reset();

        Assert.DoesNotContain("0\r\n\r\n", await arrival.Peer.ReadToEndAsync());
        await scene.OutcomeAsync("client-left-running");
        await AssertCleanAsync(scene, arrival);
    }

    private static async Task<(TestPeer Client, Arrival Arrival, Task Sending)> BeginAsync(FaultScene scene)
    {
        scene.Upstream.ReadsBodies = false;
        var client = await scene.Sidecar.SendAsync(
            $"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: {BodyBytes}\r\n\r\n");
        var sending = SendRestAsync(client, BodyBytes / Piece.Length);
        return (client, await scene.Upstream.NextAsync(), sending);
    }

    private static async Task SendRestAsync(TestPeer client, int pieces)
    {
        try
        {
            for (var i = 0; i < pieces; i++) await client.SendAsync(Piece);
        }
        catch (SocketException)
        {
            // Nobody takes the rest, which is the point.
        }
    }

    private static Task AssertCleanAsync(FaultScene scene, Arrival arrival)
    {
        scene.Upstream.ReadsBodies = true;
        return scene.AssertCleanAsync(arrival);
    }
}
