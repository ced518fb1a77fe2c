using Sidecar.Lifecycle;
using Sidecar.Proxy;
using Sidecar.Telemetry;

namespace Sidecar.Host;

/// <summary>
/// The orderly end: all is served for the delay, so that whoever routes here can learn of it; then the port closes, and
/// what was begun may end within the timeout. Begun once, by whoever asks first; safe from any thread.
/// </summary>
internal sealed class Drain(
    SidecarServer server, SidecarState state, TimeSpan delay, TimeSpan timeout, Log log, TimeProvider time)
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<int>? _running;

    /// <summary>Ends when somebody has asked for the drain.</summary>
    internal Task Begun => _begun.Task;

    /// <summary>Ends with the number of requests that were still running at the timeout.</summary>
    internal Task<int> RunAsync()
    {
        lock (_lock) return _running ??= DrainAsync();
    }

    private async Task<int> DrainAsync()
    {
        var start = time.GetTimestamp();
        state.Draining = true;
        _begun.TrySetResult();
        log.Info("draining", ("exchanges", $"{server.ExchangeCount}"));
        await Task.Delay(delay, time);
        state.Closing = true;
        await server.CloseListenerAsync();
        while (server.ExchangeCount > 0 && time.GetElapsedTime(start) < timeout) await Task.Delay(LookPeriod, time);
        var cut = server.ExchangeCount;
        if (cut == 0)
        {
            log.Info("drained");
            return 0;
        }
        log.Warn("drain-timed-out", ("cut", $"{cut}"));
        await server.CutAsync();
        return cut;
    }
}
