using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Sidecar.IntegrationTests.Harness;

/// <summary>
/// A model server that is healthy, and whose every other answer the test decides: each request is an event.
/// </summary>
internal sealed class ScriptedUpstream : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Pause = TimeSpan.FromMilliseconds(200);

    private readonly Channel<Arrival> _arrivals = Channel.CreateUnbounded<Arrival>();
    private readonly List<Socket> _fillers = [];
    private readonly SocketServer _server;
    private volatile bool _readsBodies = true, _isDying, _holdsHealth;
    private volatile string _healthStatus = "200 OK";
    private volatile int _healthAnswers;

    internal ScriptedUpstream() => _server = new SocketServer(ReadAsync);

    private ScriptedUpstream(int backlog) => _server = new SocketServer(backlog);

    internal IPEndPoint EndPoint => _server.EndPoint;

    /// <summary>Else its health path answers 503, as while a model is loaded.</summary>
    internal bool IsHealthy
    {
        set => HealthStatus = value ? "200 OK" : "503 Service Unavailable";
    }

    /// <summary>What its health path answers.</summary>
    internal string HealthStatus
    {
        set => _healthStatus = value;
    }

    /// <summary>Its health path says nothing any more.</summary>
    internal bool HoldsHealth
    {
        set => _holdsHealth = value;
    }

    /// <summary>How often its health was asked for.</summary>
    internal int HealthAnswers => _healthAnswers;

    /// <summary>Else it reads a request's head and then nothing more on that connection.</summary>
    internal bool ReadsBodies
    {
        set => _readsBodies = value;
    }

    /// <summary>Whether a request has come that nobody asked for yet.</summary>
    internal bool HasPending => _arrivals.Reader.Count > 0;

    /// <summary>The next request, on whichever connection: each of the sidecar's threads has its own.</summary>
    internal async Task<Arrival> NextAsync()
    {
        try
        {
            return await _arrivals.Reader.ReadAsync().AsTask().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException("In vain waited for a request to reach the model server.");
        }
    }

    /// <summary>
    /// One that takes no connection, without a word: its backlog is full, so the kernel drops what would connect.
    /// </summary>
    internal static async Task<ScriptedUpstream> StartUnreachableAsync()
    {
        var upstream = new ScriptedUpstream(backlog: 0);
        while (true)
        {
            var filler = new Socket(SocketType.Stream, ProtocolType.Tcp);
            upstream._fillers.Add(filler);
            var connecting = filler.ConnectAsync(upstream.EndPoint);
            // A free place in the backlog is taken within microseconds.
            if (await Task.WhenAny(connecting, Task.Delay(Pause)) != connecting) return upstream;
        }
    }

    /// <summary>Takes connections again after <see cref="StartUnreachableAsync"/>.</summary>
    internal void BecomeReachable()
    {
        foreach (var filler in _fillers) filler.Dispose();
        _server.Widen();
        _server.Serve(ReadAsync);
    }

    /// <summary>Refuses connections from now on, and resets those that there are.</summary>
    internal void Die()
    {
        _server.StopListening();
        _server.ResetAll();
    }

    /// <summary>
    /// Resets the connections that there are, and each later one as soon as a request comes on it: so it looks while a
    /// process ends whose port the kernel closes last, and behind a port forwarder whose target is gone.
    /// </summary>
    internal void BeginDying()
    {
        _isDying = true;
        _server.ResetAll();
    }

    internal void Revive()
    {
        _isDying = false;
        _server.ListenAgain();
    }

    public void Dispose()
    {
        _server.Dispose();
        foreach (var filler in _fillers) filler.Dispose();
    }

    private async Task ReadAsync(TestPeer peer)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var readOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            while (true)
            {
                var head = await peer.ReadHeadAsync();
                if (_isDying)
                {
                    peer.Reset();
                    closed.SetResult();
                    return;
                }
                var isHealth = head.StartsWith("GET /health ", StringComparison.Ordinal);
                if (isHealth) await AnswerHealthAsync(peer);
                if (isHealth) continue;
                var isRead = _readsBodies;
                var request = isRead ? head + await peer.ReadBodyAsync(head) : head;
                _arrivals.Writer.TryWrite(new Arrival(peer, request, closed.Task, () => readOn.TrySetResult()));
                if (!isRead) break;
            }
            await readOn.Task;
            await DiscardAsync(peer.Socket);
            closed.SetResult();
        }
        catch (Exception left) when (left is IOException or SocketException or ObjectDisposedException)
        {
            closed.SetResult();
        }
    }

    private Task AnswerHealthAsync(TestPeer peer)
    {
        Interlocked.Increment(ref _healthAnswers);
        return _holdsHealth
            ? Task.CompletedTask
            : peer.SendAsync($"HTTP/1.1 {_healthStatus}\r\nContent-Length: 0\r\n\r\n");
    }

    private static async Task DiscardAsync(Socket socket)
    {
        var discarded = new byte[64 * 1024];
        while (await socket.ReceiveAsync(discarded) > 0)
        {
        }
    }
}
