using System.Net;
using System.Text;

namespace Sidecar.IntegrationTests.Harness;

/// <summary>
/// A model server that answers each request at once, whatever it is, from <see cref="Release"/> on. Requests are taken
/// to come whole.
/// </summary>
internal sealed class InstantUpstream : IDisposable
{
    private readonly SocketServer _server;
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal InstantUpstream() => _server = new SocketServer(ServeAsync);

    internal IPEndPoint EndPoint => _server.EndPoint;

    internal void Release() => _released.SetResult();

    public void Dispose() => _server.Dispose();

    private async Task ServeAsync(TestPeer peer)
    {
        var answer = Encoding.ASCII.GetBytes(Requests.Ok);
        var buffer = new byte[4096];
        while (await peer.Socket.ReceiveAsync(buffer) is var count and > 0)
        {
            if (!buffer.AsSpan(0, count).StartsWith("GET /health "u8)) await _released.Task;
            await peer.Socket.SendAsync(answer);
        }
    }
}
