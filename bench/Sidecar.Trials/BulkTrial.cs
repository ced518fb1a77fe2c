using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Sidecar.Testing;

namespace Sidecar.Trials;

/// <summary>
/// Streams far larger than any buffer, each way and in each framing, past readers that rest now and then: what the
/// sidecar holds must not grow with them.
/// </summary>
internal sealed class BulkTrial(SidecarProcess sidecar, long bytes, TextWriter output)
{
    internal const long GrowthBytesMax = 8 << 20;

    private const int WarmUpRequests = 100;
    private static readonly TimeSpan SamplePeriod = TimeSpan.FromMilliseconds(50);

    /// <summary>True when every byte arrived in its place and memory stayed within its bound.</summary>
    internal async Task<bool> RunAsync()
    {
        output.WriteLine($"{sidecar.Settings}, all else as it comes");
        for (var i = 0; i < WarmUpRequests; i++) await SendAsync("/warm-up", 2, isChunked: false);
        return await UpAsync(isChunked: false) & await UpAsync(isChunked: true)
            & await DownAsync("/source") & await DownAsync("/source-chunked");
    }

    private Task<bool> UpAsync(bool isChunked) => MeasureAsync(
        $"up, {(isChunked ? "chunked" : "Content-Length")}", async () =>
            await SendAsync("/sink", bytes, isChunked) == bytes.ToString(CultureInfo.InvariantCulture));

    private Task<bool> DownAsync(string path) => MeasureAsync(
        path == "/source" ? "down, Content-Length" : "down, chunked", async () =>
        {
            using var socket = await ConnectAsync();
            var wire = new TrialWire(socket);
            await wire.SendAsync($"GET {path}?bytes={bytes} HTTP/1.1\r\nHost: a\r\n\r\n");
            return await wire.ReadHeadAsync() is { } head && await wire.ReadBodyAsync(head, isSlow: true) == bytes;
        });

    private async Task<bool> MeasureAsync(string name, Func<Task<bool>> run)
    {
        var before = sidecar.ResidentBytes;
        var most = before;
        var clock = Stopwatch.StartNew();
        var running = run();
        while (!running.IsCompleted)
        {
            most = Math.Max(most, sidecar.ResidentBytes);
            await Task.WhenAny(running, Task.Delay(SamplePeriod));
        }
        var isWhole = await running;
        var growth = most - before;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-21} {bytes / (double)(1 << 30):F2} GiB in {clock.Elapsed.TotalSeconds:F1} s, ")
            + string.Create(CultureInfo.InvariantCulture, $"resident {before / 1048576.0:F1} MiB, at most ")
            + string.Create(CultureInfo.InvariantCulture, $"{growth / 1048576.0:+0.0;-0.0;0.0} MiB more; ")
            + (isWhole ? "every byte in its place" : "BYTES LOST OR CHANGED"));
        return isWhole && growth < GrowthBytesMax;
    }

    private async Task<string?> SendAsync(string path, long size, bool isChunked)
    {
        using var socket = await ConnectAsync();
        var wire = new TrialWire(socket);
        var framing = isChunked ? "Transfer-Encoding: chunked" : $"Content-Length: {size}";
        await wire.SendAsync($"POST {path} HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n");
        await wire.SendBodyAsync(size, isChunked);
        if (await wire.ReadHeadAsync() is not { } head) return null;
        var length = head[(head.IndexOf("Content-Length: ", StringComparison.Ordinal) + 16)..].Split('\r')[0];
        return await wire.ReadTextAsync(int.Parse(length, CultureInfo.InvariantCulture));
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(sidecar.Data);
        return socket;
    }
}
