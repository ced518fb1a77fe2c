using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sidecar.Trials;

/// <summary>
/// Clients that want much and give nothing: idle ones, ones that send a head a byte a second, ones that read a stream a
/// few KiB a second. Driven by one task.
/// </summary>
/// <param name="postingReaders">So many of the slow readers ask by POST, and hold a permit of the sidecar while they
/// read; the others by GET, which needs none.</param>
internal sealed class Crowd(
    IPEndPoint sidecar, int idle, int slowHeads, int slowReaders, int postingReaders = int.MaxValue) : IDisposable
{
    private const int ReadBytesPerSecond = 4096;

    /// <summary>Small, since a window that opens by a few KiB in MiBs is not told to the sender for minutes.</summary>
    private const int ReceiveBufferBytes = 8192;

    private static readonly byte[] Head =
        Encoding.ASCII.GetBytes("POST /v1/completions HTTP/1.1\r\nHost: a\r\nX-Slow: " + new string('x', 500));

    private static readonly byte[] Stream =
        Encoding.ASCII.GetBytes("POST /stream HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}");

    private static readonly byte[] StreamByGet = "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();

    private readonly List<Socket> _idle = [];
    private readonly (Socket Socket, int Sent)[] _heads = new (Socket, int)[slowHeads];
    private readonly Socket[] _readers = new Socket[slowReaders];
    private readonly byte[] _scratch = new byte[ReadBytesPerSecond];

    /// <summary>Slow heads that the sidecar cut with a 408, each of which was replaced.</summary>
    internal int CutHeads { get; private set; }

    /// <summary>Slow heads that ended without a 408.</summary>
    internal int LostHeads { get; private set; }

    internal long ReadBytes { get; private set; }

    /// <summary>Slow readers that the sidecar cut; none should be, since they do read.</summary>
    internal int CutReaders { get; private set; }

    /// <summary>Idle connections that are still open.</summary>
    internal int Idle => _idle.Count(IsOpen);

    internal async Task ArriveAsync()
    {
        for (var i = 0; i < idle; i++)
        {
            var socket = await ConnectAsync();
            _idle.Add(socket);
            // Half of them have been served before.
            if (i % 2 == 0) continue;
            var wire = new TrialWire(socket);
            await wire.SendAsync("GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n");
            await wire.ReadHeadAsync();
            await wire.ReadTextAsync(2);
        }
        for (var i = 0; i < slowHeads; i++) _heads[i] = (await ConnectAsync(), 0);
        for (var i = 0; i < slowReaders; i++)
        {
            _readers[i] = await ConnectAsync(ReceiveBufferBytes);
            await _readers[i].SendAsync(i < postingReaders ? Stream : StreamByGet);
        }
    }

    /// <summary>What they do in each second, one after the other: strangers do not act in step.</summary>
    internal async Task ActAsync(TimeSpan duration)
    {
        const int slices = 100;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / slices));
        var clock = Stopwatch.StartNew();
        var slice = 0;
        for (; clock.Elapsed < duration && await timer.WaitForNextTickAsync(); slice = (slice + 1) % slices)
        {
            for (var i = slice; i < slowHeads; i += slices) _heads[i] = await SendOneAsync(_heads[i]);
            for (var i = slice; i < slowReaders; i += slices) ReadSome(_readers[i]);
        }
    }

    public void Dispose()
    {
        foreach (var socket in _idle.Concat(_heads.Select(head => head.Socket)).Concat(_readers)) socket?.Dispose();
    }

    private async Task<(Socket, int)> SendOneAsync((Socket Socket, int Sent) head)
    {
        try
        {
            if (IsOpen(head.Socket))
            {
                await head.Socket.SendAsync(Head.AsMemory(head.Sent % Head.Length, 1));
                return (head.Socket, head.Sent + 1);
            }
        }
        catch (SocketException)
        {
            // Cut in between.
        }
        if (IsTimedOut(head.Socket)) CutHeads++;
        else LostHeads++;
        head.Socket.Dispose();
        return (await ConnectAsync(), 0);
    }

    private void ReadSome(Socket reader)
    {
        try
        {
            if (reader.Available > 0) ReadBytes += reader.Receive(_scratch);
            else if (!IsOpen(reader)) CutReaders++;
        }
        catch (SocketException)
        {
            CutReaders++;
        }
    }

    private bool IsTimedOut(Socket socket)
    {
        try
        {
            var count = socket.Available > 0 ? socket.Receive(_scratch) : 0;
            return _scratch.AsSpan(0, count).StartsWith("HTTP/1.1 408 "u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>A closed connection can be read; so can a cut head's, where the answer waits.</summary>
    private static bool IsOpen(Socket socket) => !socket.Poll(0, SelectMode.SelectRead);

    private async Task<Socket> ConnectAsync(int receiveBufferBytes = 0)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBufferBytes > 0) socket.ReceiveBufferSize = receiveBufferBytes;
        await socket.ConnectAsync(sidecar);
        return socket;
    }
}
