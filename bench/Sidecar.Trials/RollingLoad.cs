using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sidecar.Trials;

/// <summary>
/// POSTs at a constant pace on kept connections, each sent once: a client library would quietly send some again. Every
/// tenth is answered by a stream of a second. Counts may be read from any thread.
/// </summary>
internal sealed class RollingLoad(IPEndPoint target, int perSecond, TextWriter output)
{
    private const int StreamEvery = 10, BufferBytes = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string Streamed = string.Concat(Enumerable.Repeat("token ", 10));

    private readonly Stack<Socket> _resting = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _sent;
    private int _streams;
    private int _failed;
    private int _connections;

    internal int Sent => Volatile.Read(ref _sent);

    internal int Streams => Volatile.Read(ref _streams);

    internal int Failed => Volatile.Read(ref _failed);

    /// <summary>How many the client opened; far fewer than requests, since they are kept.</summary>
    internal int Connections => Volatile.Read(ref _connections);

    /// <summary>Sends until told to stop, then waits for what was sent.</summary>
    internal async Task RunAsync(CancellationToken stop)
    {
        var pending = new List<Task>();
        var clock = Stopwatch.StartNew();
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / perSecond);
            if (due > clock.Elapsed) await Task.Delay(due - clock.Elapsed, CancellationToken.None);
            pending.Add(SendAsync(isStream: i % StreamEvery == 0));
            if (pending.Count > 1000) pending.RemoveAll(task => task.IsCompleted);
        }
        await Task.WhenAll(pending);
        foreach (var socket in _resting) socket.Dispose();
    }

    private async Task SendAsync(bool isStream)
    {
        Interlocked.Increment(ref _sent);
        if (isStream) Interlocked.Increment(ref _streams);
        var fault = await TryAsync(isStream);
        if (fault is null) return;
        Interlocked.Increment(ref _failed);
        lock (output) output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  failed at {_clock.Elapsed.TotalSeconds:F2} s: {fault}"));
    }

    /// <summary>What was wrong with the answer, or null.</summary>
    private async Task<string?> TryAsync(bool isStream)
    {
        Socket? socket = null;
        try
        {
            socket = await RentAsync();
            var fault = await ExchangeAsync(socket, isStream).WaitAsync(Patience);
            if (fault is not null) return fault;
            lock (_resting) _resting.Push(socket);
            socket = null;
            return null;
        }
        catch (Exception failure) when (failure is SocketException or EndOfStreamException or TimeoutException)
        {
            return $"{(isStream ? "stream" : "request")}: {failure.Message}";
        }
        finally
        {
            socket?.Dispose();
        }
    }

    private static async Task<string?> ExchangeAsync(Socket socket, bool isStream)
    {
        var wire = new TrialWire(socket, BufferBytes);
        var path = isStream ? "/second" : "/v1/completions";
        await wire.SendAsync($"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{{}}");
        if (await wire.ReadHeadAsync() is not { } head) return "closed without an answer";
        var body = await wire.ReadTextAsync(head);
        if (!head.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal))
            return $"{head.Split('\r')[0]} {body.ReplaceLineEndings(" ")}";
        return body == (isStream ? Streamed : "ok") ? null : $"another body: '{body}'";
    }

    private async Task<Socket> RentAsync()
    {
        lock (_resting)
        {
            if (_resting.TryPop(out var resting)) return resting;
        }
        Interlocked.Increment(ref _connections);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(target);
        return socket;
    }
}
