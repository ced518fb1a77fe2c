using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sidecar.Trials;

/// <summary>
/// The model server of the trials, on raw sockets in this process. <c>/sink</c> reads a body slowly and checks it,
/// <c>/source</c> sends one, <c>/stream</c> never ends, everything else is answered at once. Any thread.
/// </summary>
internal sealed class TrialServer : IDisposable
{
    private static readonly byte[] Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray();

    private const int SendBufferBytes = 128 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    internal TrialServer()
    {
        _listener.Start(4096);
        _ = AcceptAsync();
    }

    internal IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            // The trial is over.
        }
    }

    private static async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        socket.NoDelay = true;
        // Else hundreds of streams begin with gigabytes into the kernel's buffers, which is not what is measured.
        socket.SendBufferSize = SendBufferBytes;
        var wire = new TrialWire(socket);
        try
        {
            while (await wire.ReadHeadAsync() is { } head) await AnswerAsync(wire, head);
        }
        catch (SocketException)
        {
            // The sidecar has left.
        }
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
            await wire.SendAsync(Encoding.ASCII.GetString(Ok));
        }
    }
}
