using System.Net.Sockets;
using Sidecar.IntegrationTests.Harness;
using static Sidecar.Testing.Requests;

namespace Sidecar.IntegrationTests.Faults;

/// <summary>A client that stops reading an endless answer.</summary>
public class StalledReaderTests
{
    // What the kernel may hold between model server and client: two send and two receive buffers, grown to their most.
    private const long HeldBytesMax = 40L << 20;
    private const long ResidentGrowthBytesMax = 24L << 20;

    private static readonly byte[] Chunk = [.. "10000\r\n"u8, .. new byte[0x10000], .. "\r\n"u8];

    [Fact]
    public async Task HoldsTheModelServerBack_AndLosesItsPermit_SoThatTheNextIsServed()
    {
        await using var scene = await FaultScene.StartAsync(("SIDECAR_CLIENT_STALL", "2s"));
        var resident = await scene.Sidecar.Admin.MetricAsync("process_resident_memory_bytes");
        var (client, arrival) = await scene.BeginAsync(Post("stalled"));
        var queued = await scene.Sidecar.SendAsync(Post("queued"));
        await scene.Sidecar.Admin.QueuedAsync(1);
        await arrival.AnswerAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        await client.ReadHeadAsync();
        var sending = SendEndlesslyAsync(arrival);

        // Its sends go on until the connection closes, which they would do at some GB/s if nothing held them.
        var second = await scene.Upstream.NextAsync();
        Assert.InRange(await sending.WaitAsync(FaultScene.Patience, TestContext.Current.CancellationToken),
            1, HeldBytesMax);
        Assert.Equal(1, await scene.CountAsync("client-stalled"));
        Assert.Equal("queued", second.Body);
        await second.AnswerAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await queued.ReadMessageAsync());

        var grown = await scene.Sidecar.Admin.MetricAsync("process_resident_memory_bytes") - resident;
        Assert.True(grown < ResidentGrowthBytesMax, $"resident memory grew by {grown} bytes");
        Assert.True(await IsResetAsync(client.Socket), "The client was shown an orderly end.");
        await scene.AssertCleanAsync(arrival);
    }

    /// <summary>A reader that is slow but goes on is not stalled, however long it takes in all.</summary>
    [Fact]
    public async Task SlowReader_GetsAll()
    {
        const int Bytes = 16 << 20;
        await using var scene = await FaultScene.StartAsync(("SIDECAR_CLIENT_STALL", "1s"));
        var (client, arrival) = await scene.BeginAsync(Post("slow"));
        await arrival.AnswerAsync($"HTTP/1.1 200 OK\r\nContent-Length: {Bytes}\r\n\r\n");
        await client.ReadHeadAsync();
        var sending = arrival.AnswerAsync(new string('x', Bytes));
        var buffer = new byte[Bytes / 10];
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        for (var left = Bytes; left > 0;)
        {
            await pace.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            var count = await client.Socket.ReceiveAsync(buffer).WaitAsync(
                FaultScene.Patience, TestContext.Current.CancellationToken);
            Assert.NotEqual(0, count);
            left -= count;
        }
        await sending;
        await scene.OutcomeAsync("completed");
        await scene.AssertCleanAsync();
    }

    /// <returns>How many bytes were taken until the connection broke.</returns>
    private static async Task<long> SendEndlesslyAsync(Arrival arrival)
    {
        var sent = 0L;
        try
        {
            while (true) sent += await arrival.Peer.Socket.SendAsync(Chunk);
        }
        catch (SocketException)
        {
            return sent;
        }
    }

    private static async Task<bool> IsResetAsync(Socket client)
    {
        var buffer = new byte[1 << 20];
        try
        {
            while (await client.ReceiveAsync(buffer).WaitAsync(FaultScene.Patience) > 0)
            {
            }
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
