using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using HdrHistogram;

namespace Sidecar.Trials;

/// <summary>
/// Small requests at a fixed pace over some connections, each timed from when it was due, so that a stall counts for
/// all that came late by it. A thread for each connection, which blocks: timers of the thread pool are late by a
/// millisecond, in which the sidecar's own part would be lost. Times are microseconds up to a minute.
/// </summary>
internal sealed class OpenLoopProbe(IPEndPoint sidecar, int perSecond, int connections)
{
    private const long HighestMicroseconds = 60_000_000;
    private const int PatienceMilliseconds = 10_000;

    private static readonly byte[] Request = Encoding.ASCII.GetBytes(
        "POST /v1/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 300\r\n\r\n" + new string('x', 300));

    private readonly Lock _lock = new();
    private readonly LongHistogram _latencies = new(HighestMicroseconds, 3);
    private readonly List<List<long>> _seconds = [];

    internal long Failed { get; private set; }

    internal long Count => _latencies.TotalCount;

    internal HistogramBase Latencies => _latencies;

    /// <summary>The p99 of each second's requests, by when they were due; milliseconds.</summary>
    internal IEnumerable<double> P99MillisecondsBySecond => _seconds.Where(second => second.Count > 0)
        .Select(second => second.Order().ElementAt((second.Count - 1) * 99 / 100) / 1000.0);

    internal double P50Milliseconds => _latencies.GetValueAtPercentile(50) / 1000.0;

    internal double P99Milliseconds => _latencies.GetValueAtPercentile(99) / 1000.0;

    /// <param name="leadIn">Before that, unmeasured: the first requests wait for this program to start.</param>
    internal Task RunAsync(TimeSpan duration, TimeSpan leadIn = default) => Task.WhenAll(
        Enumerable.Range(0, connections).Select(i => Task.Factory.StartNew(
            () => RunOne(i, leadIn + duration, leadIn), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

    private void RunOne(int index, TimeSpan duration, TimeSpan leadIn)
    {
        var period = TimeSpan.FromSeconds((double)connections / perSecond);
        var answer = new byte[4096];
        var socket = Connect();
        try
        {
            var clock = Stopwatch.StartNew();
            for (var due = period * index / connections; due < duration; due += period)
            {
                while (due > clock.Elapsed) PreciseSleep.For(due - clock.Elapsed);
                var isGood = Exchange(socket, answer);
                var microseconds = (long)(clock.Elapsed - due).TotalMicroseconds;
                if (isGood && due < leadIn) continue;
                var second = Math.Max(0, (int)(due - leadIn).TotalSeconds);
                Record(second, Math.Clamp(microseconds, 1, HighestMicroseconds), isGood);
                if (isGood) continue;
                socket.Dispose();
                socket = Connect();
            }
        }
        finally
        {
            socket.Dispose();
        }
    }

    private void Record(int second, long microseconds, bool isGood)
    {
        lock (_lock)
        {
            _latencies.RecordValue(microseconds);
            while (_seconds.Count <= second) _seconds.Add([]);
            _seconds[second].Add(microseconds);
            if (!isGood) Failed++;
        }
    }

    private static bool Exchange(Socket socket, byte[] answer)
    {
        try
        {
            socket.Send(Request);
            var length = 0;
            while (!answer.AsSpan(0, length).EndsWith("\r\n\r\nok"u8))
            {
                var count = socket.Receive(answer.AsSpan(length));
                if (count == 0) return false;
                length += count;
            }
            return answer.AsSpan(0, length).StartsWith("HTTP/1.1 200 "u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private Socket Connect()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true, ReceiveTimeout = PatienceMilliseconds, SendTimeout = PatienceMilliseconds,
        };
        socket.Connect(sidecar);
        return socket;
    }
}
