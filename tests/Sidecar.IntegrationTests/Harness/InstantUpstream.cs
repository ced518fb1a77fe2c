using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sidecar.IntegrationTests.Harness;

/// <summary>
/// A model server that answers each request at once, whatever it is, from <see cref="Release"/> on. Requests are taken
/// to come whole.
/// </summary>
internal sealed class InstantUpstream : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal InstantUpstream()
    {
        _listener.Start(1024);
        _ = AcceptAsync();
    }

    internal IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    internal void Release() => _released.SetResult();

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        var answer = Encoding.ASCII.GetBytes(Requests.Ok);
        var buffer = new byte[4096];
        socket.NoDelay = true;
        while (await socket.ReceiveAsync(buffer) is var count and > 0)
        {
            if (!buffer.AsSpan(0, count).StartsWith("GET /health "u8)) await _released.Task;
            await socket.SendAsync(answer);
        }
    }
}
