using System.Globalization;
using System.Net;
using Sidecar.Testing;

namespace Sidecar.Trials;

/// <summary>
/// The model server of the trials, on raw sockets in this process. <c>/sink</c> reads a body slowly and checks it,
/// <c>/source</c> sends one, <c>/stream</c> never ends, everything else is answered at once. Any thread.
/// </summary>
internal sealed class TrialServer : IDisposable
{
    private const int SendBufferBytes = 128 * 1024;

    private readonly SocketServer _server = new(ServeAsync);

    internal IPEndPoint EndPoint => _server.EndPoint;

    public void Dispose() => _server.Dispose();

    private static async Task ServeAsync(TestPeer peer)
    {
        using var _ = peer;
        // Else hundreds of streams begin with gigabytes into the kernel's buffers, which is not what is measured.
        peer.Socket.SendBufferSize = SendBufferBytes;
        var wire = new TrialWire(peer.Socket);
        while (await wire.ReadHeadAsync() is { } head) await AnswerAsync(wire, head);
    }

    private static async Task AnswerAsync(TrialWire wire, string head)
    {
        var path = head.Split(' ')[1];
        if (path.StartsWith("/sink", StringComparison.Ordinal))
        {
            var bytes = await wire.ReadBodyAsync(head, isSlow: true);
            var text = bytes.ToString(CultureInfo.InvariantCulture);
            await wire.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {text.Length}\r\n\r\n{text}");
            return;
        }
        await wire.ReadBodyAsync(head, isSlow: false);
        if (path.StartsWith("/source", StringComparison.Ordinal))
        {
            var size = long.Parse(path.Split('=')[1], CultureInfo.InvariantCulture);
            var isChunked = path.StartsWith("/source-chunked", StringComparison.Ordinal);
            var framing = isChunked ? "Transfer-Encoding: chunked" : $"Content-Length: {size}";
            await wire.SendAsync($"HTTP/1.1 200 OK\r\n{framing}\r\n\r\n");
            await wire.SendBodyAsync(size, isChunked);
        }
        else if (path == "/stream")
        {
            await wire.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            await wire.SendBodyAsync(long.MaxValue, isChunked: true);
        }
        else if (path == "/second")
        {
            await wire.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (var i = 0; i < 10; i++)
            {
                await Task.Delay(100);
                await wire.SendAsync("6\r\ntoken \r\n");
            }
            await wire.SendAsync("0\r\n\r\n");
        }
        else
        {
            await wire.SendAsync(Requests.Ok);
        }
    }
}
