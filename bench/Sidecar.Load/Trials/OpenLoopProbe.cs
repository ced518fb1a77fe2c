using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using HdrHistogram;

namespace Sidecar.Load.Trials;

/// <summary>
/// Small requests at a fixed pace over some connections, each timed from when it was due, so that a stall counts for
/// all that came late by it. Run on tasks of its own.
/// </summary>
internal sealed class OpenLoopProbe(IPEndPoint sidecar, int perSecond, int connections)
{
    private const long HighestMicroseconds = 60_000_000;

    private static readonly string Request =
        "POST /v1/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 300\r\n\r\n" + new string('x', 300);

    private readonly Lock _lock = new();
    private readonly LongHistogram _latencies = new(HighestMicroseconds, 3);

    internal long Failed { get; private set; }

    internal long Count => _latencies.TotalCount;

    internal double P50Milliseconds => _latencies.GetValueAtPercentile(50) / 1000.0;

    internal double P99Milliseconds => _latencies.GetValueAtPercentile(99) / 1000.0;

    internal async Task RunAsync(TimeSpan duration) => await Task.WhenAll(
        Enumerable.Range(0, connections).Select(i => Task.Run(() => RunOneAsync(i, duration))));

    private async Task RunOneAsync(int index, TimeSpan duration)
    {
        var period = TimeSpan.FromSeconds((double)connections / perSecond);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(sidecar);
        var wire = new TrialWire(socket);
        var clock = Stopwatch.StartNew();
        for (var due = period * index / connections; due < duration; due += period)
        {
            if (due > clock.Elapsed) await Task.Delay(due - clock.Elapsed);
            await wire.SendAsync(Request);
            var head = await wire.ReadHeadAsync();
            var isGood = head?.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal) == true;
            if (isGood) await wire.ReadTextAsync(2);
            var microseconds = (long)(clock.Elapsed - due).TotalMicroseconds;
            lock (_lock)
            {
                _latencies.RecordValue(Math.Clamp(microseconds, 1, HighestMicroseconds));
                if (!isGood) Failed++;
            }
            if (!isGood) return;
        }
    }
}
