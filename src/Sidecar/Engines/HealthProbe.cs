using Sidecar.Telemetry;

namespace Sidecar.Engines;

/// <summary>
/// Looks at the model server's health every second, every 250 ms while the gate is closed, and at once when a request
/// had doubts. A loop of its own on the thread pool, off the reactors.
/// </summary>
/// <param name="server">Is told what each look came to.</param>
/// <param name="client">Used by this probe alone.</param>
/// <param name="url">Of the health path, absolute. Null: a connection that is accepted is health.</param>
/// <param name="log">Is told once of a key that is missing.</param>
/// <param name="time">Paces the looks.</param>
public sealed class HealthProbe(EngineMonitor server, EngineClient client, Uri? url, Log log, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1), ClosedPeriod = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ClosedTimeout = TimeSpan.FromTicks(EngineState.ClosedLookTicksMax);

    private readonly HealthRequest _request = new(client, url, log);

    /// <summary>Looks until cancelled; throws nothing.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var wasAsked = false;
        while (!cancellation.IsCancellationRequested)
        {
            var start = time.GetTimestamp();
            var asked = await LookAsync(server.LookAskedAsync(), cancellation);
            await RestAsync(asked, wasAsked ? ClosedPeriod - time.GetElapsedTime(start) : default, cancellation);
            wasAsked = asked.IsCompleted;
        }
    }

    /// <summary>
    /// What closes the gate meanwhile is not answered by this look: it is given up for the next. Other doubts let it
    /// end, and have the next follow at once.
    /// </summary>
    /// <returns>Ends when another look is asked for; has ended where one was asked for meanwhile.</returns>
    private async Task<Task> LookAsync(Task asked, CancellationToken cancellation)
    {
        var look = server.BeginLook();
        using var timeout = new CancellationTokenSource(server.IsOpen ? Timeout : ClosedTimeout, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        var asking = _request.AskAsync(ending.Token);
        var (wasAsked, isOvertaken) = (false, false);
        while (!isOvertaken && await Task.WhenAny(asking, asked) != asking)
        {
            // First: what comes between these two lines is seen by the one or the other.
            asked = server.LookAskedAsync();
            (wasAsked, isOvertaken) = (true, server.IsOvertaken(look));
        }
        if (isOvertaken) await ending.CancelAsync();
        var (answer, reason, hint) = await asking;
        if (!isOvertaken && !cancellation.IsCancellationRequested) server.EndLook(look, answer, reason, hint);
        return wasAsked ? Task.CompletedTask : asked;
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
