using System.Diagnostics;
using Sidecar.Load.Arrivals;
using Sidecar.CommandLine;

namespace Sidecar.Load.Running;

/// <summary>Capacity: as many requests in flight as given, each followed at once by the next. What is returned is the
/// rate at which requests ended after the warm-up.</summary>
public static class ClosedLoop
{
    /// <returns>Requests per second.</returns>
    /// <exception cref="UsageException">An answer was not 200: there is no capacity to speak of.</exception>
    public static async Task<double> MeasureAsync(
        Uri target, RequestClass requestClass, Arrival shape, int inFlight, double warmUpSeconds, double seconds,
        RunOptions options, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        using var client = new ChatClient(target, options, () => clock.Elapsed.Ticks);
        var fromTicks = (long)(warmUpSeconds * TimeSpan.TicksPerSecond);
        var untilTicks = fromTicks + (long)(seconds * TimeSpan.TicksPerSecond);
        var unused = new ClassTally(requestClass);
        double ended = 0;
        var gate = new Lock();

        async Task LoopAsync()
        {
            for (var startTicks = clock.Elapsed.Ticks; startTicks < untilTicks; startTicks = clock.Elapsed.Ticks)
            {
                var answer = await client.SendAsync(shape, requestClass, unused.InterToken, stop);
                if (answer.Status != 200) throw new UsageException($"the target answered {answer.Status}, not 200");
                // A request that spans an edge of the window counts by the part that lies within: whole counts
                // would err by one per loop.
                var insideTicks = Math.Min(answer.EndTicks, untilTicks) - Math.Max(startTicks, fromTicks);
                if (insideTicks <= 0) continue;
                lock (gate) ended += insideTicks / (double)(answer.EndTicks - startTicks);
            }
        }
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => LoopAsync()));
        return ended / seconds;
    }
}
