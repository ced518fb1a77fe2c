using Sidecar.Telemetry;
using Sidecar.Upstream;

namespace Sidecar.Engines;

/// <summary>
/// Looks at the model server's health every second, every 250 ms while the gate is closed, and at once when a request
/// had doubts. A loop of its own on the thread pool, off the reactors.
/// </summary>
public sealed class HealthProbe(
    EngineMonitor server, UpstreamAddresses addresses, HealthProbeOptions options, Log log, TimeProvider time)
    : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1), ClosedPeriod = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ClosedTimeout = TimeSpan.FromTicks(EngineState.EndTicks);

    private readonly HealthRequest _request = new(addresses, options, log);

    /// <summary>Looks until cancelled; throws nothing.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var wasAsked = false;
        while (!cancellation.IsCancellationRequested)
        {
            var start = time.GetTimestamp();
            var asked = server.LookAskedAsync();
            await LookAsync(asked, cancellation);
            await RestAsync(asked, wasAsked ? ClosedPeriod - time.GetElapsedTime(start) : default, cancellation);
            wasAsked = asked.IsCompleted;
        }
    }

    public void Dispose() => _request.Dispose();

    /// <summary>What closes the gate meanwhile is not answered by this look: it is given up for the next.</summary>
    private async Task LookAsync(Task asked, CancellationToken cancellation)
    {
        var look = server.BeginLook();
        using var timeout = new CancellationTokenSource(server.IsOpen ? Timeout : ClosedTimeout, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        var asking = _request.AskAsync(ending.Token);
        await Task.WhenAny(asking, asked);
        var isOvertaken = !asking.IsCompleted && server.IsOvertaken(look);
        if (isOvertaken) await ending.CancelAsync();
        var (answer, reason) = await asking;
        if (!isOvertaken && !cancellation.IsCancellationRequested) server.EndLook(look, answer, reason);
    }

    /// <param name="asked">Ends the rest.</param>
    /// <param name="leastRest">After a look that was asked for itself: a gate that is opened by each look and closed by
    /// the next request must not make looks follow each other without an end.</param>
    /// <param name="cancellation">Ends the rest too.</param>
    private async Task RestAsync(Task asked, TimeSpan leastRest, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var least = leastRest > TimeSpan.Zero ? Task.Delay(leastRest, time, ending.Token) : Task.CompletedTask;
        await Task.WhenAny(asked, Task.Delay(server.IsOpen ? Period : ClosedPeriod, time, ending.Token));
        await Task.WhenAny(least);
        await ending.CancelAsync();
    }
}
