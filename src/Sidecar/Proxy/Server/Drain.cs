using Sidecar.Lifecycle;
using Sidecar.Telemetry;

namespace Sidecar.Proxy.Server;

/// <summary>
/// The orderly end: all is served for the delay, so that whoever routes here can learn of it; then the port closes, and
/// what was begun may end within the timeout. Begun once, by whoever asks first; safe from any thread.
/// </summary>
public sealed class Drain(SidecarServer server, SidecarState state, DrainOptions options, Log log, TimeProvider time)
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(20);

    /// <summary>Time for the last answers to reach their clients, and for the clients to close.</summary>
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<int>? _running;

    /// <summary>Ends when somebody has asked for the drain.</summary>
    public Task Begun => _begun.Task;

    /// <summary>Ends with the number of requests that were still under way at the timeout.</summary>
    public Task<int> RunAsync()
    {
        lock (_lock) return _running ??= DrainAsync();
    }

    private async Task<int> DrainAsync()
    {
        var start = time.GetTimestamp();
        state.Draining = true;
        _begun.TrySetResult();
        log.Info("draining", ("exchanges", $"{server.ExchangeCount}"));
        if (options.EndsIdleDelay) await UntilAsync(() => server.ExchangeCount == 0, start, options.Delay);
        else await Task.Delay(options.Delay, time);
        state.Closing = true;
        await server.CloseListenerAsync();
        await UntilAsync(() => server.ExchangeCount == 0, start, options.Timeout);
        var cut = server.ExchangeCount;
        if (cut == 0)
        {
            log.Info("drained");
            return 0;
        }
        log.Warn("drain-timed-out", ("cut", $"{cut}"));
        await server.CutAsync();
        await UntilAsync(() => server.ConnectionCount == 0, time.GetTimestamp(), AnswerPatience);
        return cut;
    }

    /// <summary>Polls the condition, since an event would cost each request something.</summary>
    private async Task UntilAsync(Func<bool> condition, long start, TimeSpan patience)
    {
        while (!condition() && time.GetElapsedTime(start) < patience) await Task.Delay(LookPeriod, time);
    }
}
