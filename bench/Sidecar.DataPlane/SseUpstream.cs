using System.Globalization;
using System.Text;

namespace Sidecar.DataPlane;

/// <summary>
/// An upstream that streams: each POST gets <see cref="ChunksPerAnswer"/> server-sent events, each in a chunk and a
/// segment of its own. One event leaves per pace, to the streams in turn, so that a relay passes them on one by one.
/// <c>GET /count</c> tells how many were sent since the start, <c>GET /health</c> is 200, and any other GET is 404.
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
    private readonly int _timer = Libc.TimerCreate(MonotonicClock, Libc.NonBlocking);
    private readonly long _paceNanoseconds;
    private bool _ticking;
    private long _sent;

    private SseUpstream(int paceMicroseconds) => _paceNanoseconds = paceMicroseconds * 1000L;

    public static void Run(int listenPort, int paceMicroseconds)
    {
        var upstream = new SseUpstream(paceMicroseconds);
        using var reactor = new EpollReactor();
        var listener = EpollSocket.Listen(listenPort, 1024);
        reactor.Watch(listener, () =>
        {
            while (EpollSocket.TryAccept(reactor, listener) is { } socket)
                socket.Owner = new SseStream(upstream, socket);
        });
        reactor.Watch(upstream._timer, upstream.OnTimer);
        reactor.Run();
    }

    /// <summary>Reads a request without looking for more than its path; false when the client left.</summary>
    public bool TryAnswer(SseStream stream, EpollSocket socket)
    {
        var received = socket.TryReceive(_input);
        if (received == EpollSocket.WouldBlock) return true;
        if (received <= 0) return false;
        var request = _input.AsSpan(0, received);
        if (request.StartsWith("GET /count"u8))
            return socket.TrySend(Answer("200 OK", _sent.ToString(CultureInfo.InvariantCulture))) > 0;
        if (request.StartsWith("GET /health"u8)) return socket.TrySend(Answer("200 OK", "")) > 0;
        if (request.StartsWith("GET "u8)) return socket.TrySend(Answer("404 Not Found", "")) > 0;

        // What is no POST is a body that came after its head.
        if (!request.StartsWith("POST "u8) || stream.LeftEvents > 0) return true;
        stream.LeftEvents = ChunksPerAnswer;
        _streams.Enqueue(stream);
        SetTicking(true);
        return socket.TrySend(Head) > 0;
    }

    private static byte[] Answer(string status, string body) =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    private static byte[] Chunk(string text) => Encoding.ASCII.GetBytes($"{text.Length:x}\r\n{text}\r\n");

    /// <summary>The timer rests while there is nothing to send, so as not to disturb other measurements.</summary>
    private void SetTicking(bool ticking)
    {
        if (_ticking == ticking) return;
        _ticking = ticking;
        var pace = ticking ? _paceNanoseconds : 0;
        var setting = stackalloc long[] { 0, pace, 0, pace };
        _ = Libc.TimerSet(_timer, 0, setting, null);
    }

    private void OnTimer()
    {
        long expirations = 0;
        _ = Libc.Read(_timer, (byte*)&expirations, sizeof(long));

        // After a pause the streams get one event each at most: a burst would be received as one.
        var due = Math.Min(expirations, _streams.Count);
        for (; due > 0 && _streams.TryDequeue(out var stream); due--)
        {
            if (!stream.TrySend(Event)) continue;
            _sent++;
            if (--stream.LeftEvents > 0)
                _streams.Enqueue(stream);
            else
                _ = stream.TrySend(End);
        }
        SetTicking(_streams.Count > 0);
    }
}
