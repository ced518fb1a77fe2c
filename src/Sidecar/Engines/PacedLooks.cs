namespace Sidecar.Engines;

/// <summary>A loop that looks at the model server again and again. Any thread.</summary>
internal static class PacedLooks
{
    /// <summary>Looks once in each period, one look after the other, until cancelled; a failing look ends it.</summary>
    internal static async Task RunAsync(
        TimeSpan period, TimeProvider time, Func<CancellationToken, Task> look, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation)) await look(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The end.
        }
    }
}
