using System.Collections.Concurrent;
using System.Net;

namespace Sidecar.IntegrationTests.Harness;

/// <summary>
/// A model server that works on some requests at once, holds some more, and refuses what comes beyond with 503 or
/// another status. Requests bear their number in the field <c>x-number</c>.
/// </summary>
internal sealed class BoundedServer : IDisposable
{
    private static readonly TimeSpan WorkTime = TimeSpan.FromMilliseconds(2);

    private readonly ConcurrentDictionary<string, int> _attempts = new();
    private readonly SemaphoreSlim _slots;
    private readonly SocketServer _server;
    private readonly int _inside;
    private readonly int _status;
    private int _count;
    private int _refused;

    internal BoundedServer(int slots, int queued, int status = 503)
    {
        (_slots, _inside, _status) = (new SemaphoreSlim(Math.Max(1, slots)), slots + queued, status);
        _server = HealthyServer.Start((peer, message) => AnswerAsync(peer, NumberOf(message)));
    }

    internal IPEndPoint EndPoint => _server.EndPoint;

    internal int RefusedCount => Volatile.Read(ref _refused);

    /// <summary>By the requests' numbers, how often each has come.</summary>
    internal IReadOnlyDictionary<string, int> Attempts => _attempts;

    public void Dispose()
    {
        _server.Dispose();
        _slots.Dispose();
    }

    private async Task AnswerAsync(TestPeer peer, string number)
    {
        _attempts.AddOrUpdate(number, 1, static (_, before) => before + 1);
        if (Interlocked.Increment(ref _count) > _inside)
        {
            Interlocked.Decrement(ref _count);
            Interlocked.Increment(ref _refused);
            await peer.SendAsync($"HTTP/1.1 {_status} Full\r\nContent-Length: 0\r\n\r\n");
            return;
        }
        await _slots.WaitAsync();
        await Task.Delay(WorkTime);
        _slots.Release();
        Interlocked.Decrement(ref _count);
        await peer.SendAsync(Requests.Ok);
    }

    private static string NumberOf(string message) =>
        message.Split("x-number: ", 2).ElementAtOrDefault(1)?.Split("\r\n")[0] ?? "";
}
