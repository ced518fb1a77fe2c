using System.Globalization;
using System.Text;

namespace Sidecar.DataPlane;

/// <summary>
/// An upstream that streams: each request gets <see cref="ChunksPerAnswer"/> server-sent events, each in a chunk and a
/// segment of its own. One event leaves per pace, to the streams in turn, so that a relay passes them on one by one.
/// <c>GET /count</c> tells how many were sent since the start.
/// </summary>
internal sealed unsafe class SseUpstream
{
    private const int ChunksPerAnswer = 1000;
    private const int MonotonicClock = 1;

    private static readonly byte[] Head = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");

    private static readonly byte[] Event = Chunk(
        "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\"," +
        "\"choices\":[{\"index\":0,\"delta\":{\"content\":\" token\"},\"finish_reason\":null}]}\n\n");

    private static readonly byte[] End = "0\r\n\r\n"u8.ToArray();

    private readonly Queue<SseStream> _streams = [];
    private readonly byte[] _input = new byte[HeadCodec.BufferBytes];
    private long _sent;

    public static void Run(int listenPort, int paceMicroseconds)
    {
        var upstream = new SseUpstream();
        using var reactor = new EpollReactor();
        var listener = EpollSocket.Listen(listenPort, 1024);
        reactor.Watch(listener, () =>
        {
            while (EpollSocket.TryAccept(reactor, listener) is { } socket)
                socket.Owner = new SseStream(upstream, socket);
        });
        var timer = Libc.TimerCreate(MonotonicClock, Libc.NonBlocking);
        var paceNanoseconds = paceMicroseconds * 1000L;
        var setting = stackalloc long[] { 0, paceNanoseconds, 0, paceNanoseconds };
        _ = Libc.TimerSet(timer, 0, setting, null);
        reactor.Watch(timer, () => upstream.OnTimer(timer));
        reactor.Run();
    }

    /// <summary>Reads a request without looking for more than its path; false when the client left.</summary>
    public bool TryAnswer(SseStream stream, EpollSocket socket)
    {
        var received = socket.TryReceive(_input);
        if (received == EpollSocket.WouldBlock)
            return true;
        if (received <= 0)
            return false;
        if (_input.AsSpan(0, received).StartsWith("GET /count"u8))
        {
            var count = _sent.ToString(CultureInfo.InvariantCulture);
            var answer = $"HTTP/1.1 200 OK\r\nContent-Length: {count.Length}\r\n\r\n{count}";
            return socket.TrySend(Encoding.ASCII.GetBytes(answer)) > 0;
        }

        stream.LeftEvents = ChunksPerAnswer;
        _streams.Enqueue(stream);
        return socket.TrySend(Head) > 0;
    }

    private static byte[] Chunk(string text) => Encoding.ASCII.GetBytes($"{text.Length:x}\r\n{text}\r\n");

    private void OnTimer(int timer)
    {
        long expirations = 0;
        _ = Libc.Read(timer, (byte*)&expirations, sizeof(long));

        // After a pause the streams get one event each at most: a burst would be received as one.
        var due = Math.Min(expirations, _streams.Count);
        for (; due > 0 && _streams.TryDequeue(out var stream); due--)
        {
            if (!stream.TrySend(Event))
                continue;
            _sent++;
            if (--stream.LeftEvents > 0)
                _streams.Enqueue(stream);
            else
                _ = stream.TrySend(End);
        }
    }
}
