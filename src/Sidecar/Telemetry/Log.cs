using System.Threading.Channels;

namespace Sidecar.Telemetry;

/// <summary>
/// Events, one line each, with named values. Safe from any thread and never waits: lines go through a bounded queue to
/// a writer of their own, and what finds the queue full is counted in <see cref="DroppedCount"/> instead of written.
/// </summary>
public sealed class Log : IAsyncDisposable
{
    private const int QueuedLinesMax = 16 * 1024;

    private readonly LogLevel _lowest;
    private readonly LogLines _lines;
    private readonly TimeProvider _time;
    private readonly Channel<string> _queue = Channel.CreateBounded<string>(
        new BoundedChannelOptions(QueuedLinesMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly Task _writing;

    /// <param name="output">Where lines go; flushed whenever the queue is empty, closed by nobody here.</param>
    /// <param name="lowest">What is less is not written.</param>
    /// <param name="format">Of the lines.</param>
    /// <param name="time">For the time of day.</param>
    public Log(TextWriter output, LogLevel lowest, LogFormat format, TimeProvider time)
    {
        (_lowest, _lines, _time) = (lowest, new LogLines(format), time);
        _writing = Task.Run(() => WriteAsync(output));
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
        if (!IsEnabled(level) || level == LogLevel.None) return;
        if (!_queue.Writer.TryWrite(_lines.Format(_time.GetUtcNow(), level, name, values))) DroppedCount.Add();
    }

    /// <summary>Ends when all that was queued is written.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync(TextWriter output)
    {
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (_queue.Reader.TryRead(out var line)) await output.WriteLineAsync(line);
            await output.FlushAsync();
        }
    }
}
