using System.Net;
using System.Net.Sockets;
using System.Text;
using Sidecar.IntegrationTests.Harness;

namespace Sidecar.IntegrationTests;

public class AllocationTests(ITestOutputHelper output)
{
    private const int Connections = 32, RequestsOfEach = 3125, RequestsInAll = Connections * RequestsOfEach;
    private const string Allocated = "dotnet_gc_allocated_bytes_total";

    /// <summary>
    /// The admin port's own requests and the sweeps allocate too: an idle span of the same length is taken off. The
    /// figure counts by the 8 KiB that a thread takes at once, and some five threads allocate: far less than a byte of
    /// so many requests.
    /// </summary>
    [Theory]
    [InlineData(64, "directly")]
    [InlineData(4, "through the queue")]
    public async Task HundredThousandRequests_AllocateLessThanAByteEach(int limit, string way)
    {
        using var upstream = new InstantUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(
            upstream.EndPoint, ("SIDECAR_CONCURRENCY", $"{limit}"), ("SIDECAR_THREADS", "1"));
        var sockets = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => ConnectAsync(sidecar.Data)));
        var warming = RunAsync(sockets, 500);
        // All buffers that can be in use at once are in use once, before it counts.
        await sidecar.Admin.QueuedAsync(Math.Max(0, Connections - limit));
        await AdminClient.UntilAsync(
            async () => await sidecar.Admin.MetricAsync("sidecar_exchanges") == Connections, "all requests at once");
        upstream.Release();
        await warming;
        await sidecar.Admin.MetricAsync(Allocated);

        var clock = System.Diagnostics.Stopwatch.StartNew();
        var before = await sidecar.Admin.MetricAsync(Allocated);
        await RunAsync(sockets, RequestsOfEach);
        var after = await sidecar.Admin.MetricAsync(Allocated);
        var span = clock.Elapsed;
        await Task.Delay(span, TestContext.Current.CancellationToken);
        var idle = await sidecar.Admin.MetricAsync(Allocated) - after;

        var each = (after - before - idle) / RequestsInAll;
        output.WriteLine($"{RequestsInAll} requests {way} in {span.TotalSeconds:F1} s: {after - before} bytes, "
            + $"idle {idle} bytes, {each:F3} bytes each");
        Assert.True(each < 1, $"{each:F3} bytes per request");
        if (limit < Connections) Assert.True(await WaitedAsync(sidecar) > RequestsInAll / 2, "few requests queued");
        foreach (var socket in sockets) socket.Dispose();
    }

    private static async Task<double> WaitedAsync(SidecarProcess sidecar) =>
        await sidecar.Admin.MetricAsync("sidecar_queue_wait_seconds_count")
        - await sidecar.Admin.MetricAsync("sidecar_queue_wait_seconds_bucket{le=\"0\"}");

    private static async Task<Socket> ConnectAsync(IPEndPoint endPoint)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endPoint);
        return socket;
    }

    private static Task RunAsync(Socket[] sockets, int count) => Task.WhenAll(sockets.Select(async (socket, i) =>
    {
        var request = Encoding.ASCII.GetBytes(Requests.Of($"w{i % 4}", 1 + i % 5, new string('x', 512)));
        var answer = new byte[4096];
        for (var n = 0; n < count; n++)
        {
            await socket.SendAsync(request);
            for (var end = 0; end < 2 || answer[end - 2] != 'o' || answer[end - 1] != 'k';)
            {
                var received = await socket.ReceiveAsync(answer.AsMemory(end));
                if (received == 0) throw new EndOfStreamException();
                end += received;
            }
        }
    }));
}
