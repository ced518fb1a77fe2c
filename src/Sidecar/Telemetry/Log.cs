using System.Threading.Channels;

namespace Sidecar.Telemetry;

/// <summary>
/// Events, one line each, with named values. Safe from any thread and never waits: lines go through a queue, bounded in
/// bytes, to a thread of their own, the only one that an output which takes nothing can hold up. What finds the queue
/// full, or cannot be written, is counted in <see cref="DroppedCount"/> instead.
/// </summary>
public sealed class Log : IAsyncDisposable
{
    /// <summary>Of memory, in the queue and on its way to the output: 4 MiB.</summary>
    private const long QueuedBytesMax = 4 << 20;

    /// <summary>What a line costs beside its characters: the string's head and its place in the queue.</summary>
    private const int LineOverheadBytes = 64;

    /// <summary>So many lines, then they are flushed, and counted as written.</summary>
    private const int LinesPerFlushMax = 64;

    /// <summary>So long an output that takes nothing may hold up the end.</summary>
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(1);

    private readonly LogLevel _lowest;
    private readonly LogFormat _format;
    private readonly LogLines _lines;
    private readonly TimeProvider _time;
    private readonly Lock _pacedLock = new();
    private readonly List<PacedLog> _paced = [];
    // The reader is a thread that blocks: its wake must not wait for a thread of the pool.
    private readonly Channel<string> _queue = Channel.CreateUnbounded<string>(
        new() { SingleReader = true, AllowSynchronousContinuations = true });
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _queuedBytes;
    private long _unwrittenLines;

    /// <param name="output">Where lines go; flushed whenever the queue is empty, closed by nobody here.</param>
    /// <param name="lowest">Lesser levels are not written.</param>
    /// <param name="format">Of the lines.</param>
    /// <param name="time">For the time of day.</param>
    public Log(TextWriter output, LogLevel lowest, LogFormat format, TimeProvider time)
    {
        (_lowest, _format, _lines, _time) = (lowest, format, new LogLines(format), time);
        if (lowest == LogLevel.None) _ended.SetResult();
        else new Thread(() => WriteAll(output)) { Name = "log", IsBackground = true }.Start();
    }

    /// <summary>Writes nothing.</summary>
    public static Log Silent { get; } = new(TextWriter.Null, LogLevel.None, LogFormat.Text, TimeProvider.System);

    public Counter DroppedCount { get; } = new();

    public bool IsEnabled(LogLevel level) => level >= _lowest;

    public void Info(string name, params ReadOnlySpan<(string Name, string Value)> values) =>
        Write(LogLevel.Info, name, values);

    public void Warn(string name, params ReadOnlySpan<(string Name, string Value)> values) =>
        Write(LogLevel.Warn, name, values);

    public void Error(string name, Exception failure) => Write(LogLevel.Error, name, ("error", failure.ToString()));

    public void Write(LogLevel level, string name, params ReadOnlySpan<(string Name, string Value)> values)
    {
        if (IsEnabled(level) && level != LogLevel.None) Enqueue(_lines.Format(_time.GetUtcNow(), level, name, values));
    }

    /// <summary>
    /// Writes a few lines for people as they are, in place of an event; false where the log is not for people.
    /// </summary>
    public bool TrySay(string text)
    {
        if (_format != LogFormat.Text) return false;
        if (IsEnabled(LogLevel.Info)) Enqueue(text);
        return true;
    }

    /// <summary>
    /// Has each <see cref="PacedLog"/> tell what it holds back; called every some seconds, and at the end. Any thread.
    /// </summary>
    public void TellHeldBack()
    {
        lock (_pacedLock)
        {
            foreach (var paced in _paced) paced.TellHeldBack();
        }
    }

    /// <summary>
    /// Ends when all that was queued is written, or after a second in which the output did not take it.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        TellHeldBack();
        _queue.Writer.TryComplete();
        try
        {
            await _ended.Task.WaitAsync(EndPatience, _time);
        }
        catch (TimeoutException)
        {
            DroppedCount.Add(Interlocked.Read(ref _unwrittenLines));
        }
    }

    /// <summary>For good: what is paced lives as long as the log does.</summary>
    internal void Add(PacedLog paced)
    {
        // One that writes nothing may outlive whoever is paced by it.
        if (_lowest == LogLevel.None) return;
        lock (_pacedLock) _paced.Add(paced);
    }

    private static long CostOf(string line) => line.Length * sizeof(char) + LineOverheadBytes;

    private void Enqueue(string line)
    {
        var cost = CostOf(line);
        Interlocked.Increment(ref _unwrittenLines);
        if (Interlocked.Add(ref _queuedBytes, cost) <= QueuedBytesMax && _queue.Writer.TryWrite(line)) return;
        Interlocked.Add(ref _queuedBytes, -cost);
        Interlocked.Decrement(ref _unwrittenLines);
        DroppedCount.Add();
    }

    private void WriteAll(TextWriter output)
    {
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            var (count, bytes) = (0, 0L);
            try
            {
                while (count < LinesPerFlushMax && _queue.Reader.TryRead(out var line))
                {
                    (count, bytes) = (count + 1, bytes + CostOf(line));
                    output.WriteLine(line);
                }
                output.Flush();
            }
            catch (Exception)
            {
                // A full disk, a closed descriptor: whatever it is, the service goes on, and so does the trying.
                DroppedCount.Add(count);
            }
            Interlocked.Add(ref _queuedBytes, -bytes);
            Interlocked.Add(ref _unwrittenLines, -count);
        }
        _ended.TrySetResult();
    }
}
