using System.Net;

namespace Sidecar.IntegrationTests.Harness;

/// <summary>
/// A model server that works on so many requests at once, in their order, streams each answer, and tells nothing of
/// itself but its health.
/// </summary>
internal sealed class SlotServer : IDisposable
{
    private const int Chunks = 20;

    private static readonly TimeSpan ChunkTime = TimeSpan.FromMilliseconds(10);

    private readonly SemaphoreSlim _slots;
    private readonly SocketServer _server;
    private int _served;

    internal SlotServer(int slots)
    {
        _slots = new SemaphoreSlim(slots);
        _server = HealthyServer.Start((peer, _) => StreamAsync(peer));
    }

    /// <summary>Answers that were sent whole.</summary>
    internal int ServedCount => Volatile.Read(ref _served);

    internal IPEndPoint EndPoint => _server.EndPoint;

    public void Dispose()
    {
        _server.Dispose();
        _slots.Dispose();
    }

    private async Task StreamAsync(TestPeer peer)
    {
        await _slots.WaitAsync();
        try
        {
            await peer.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (var i = 0; i < Chunks; i++)
            {
                await Task.Delay(ChunkTime);
                await peer.SendAsync("6\r\ntoken \r\n");
            }
            await peer.SendAsync("0\r\n\r\n");
            Interlocked.Increment(ref _served);
        }
        finally
        {
            _slots.Release();
        }
    }
}
