using System.Diagnostics;
using Sidecar.Load.Arrivals;

namespace Sidecar.Load.Running;

/// <summary>Sends every arrival at its time, whatever became of the earlier ones, and waits for all answers. One run
/// per instance. Bounded by the plan's count and by the drain time.</summary>
public sealed class OpenLoop(Uri target, ArrivalPlan plan, RunOptions options)
{
    private const double ProgressSeconds = 5;
    private readonly Stopwatch _clock = new();
    private readonly RunOutcome _outcome = new(plan.Classes);
    private int _sent;
    private int _ended;

    /// <summary>When the run gives up whatever is not answered.</summary>
    private readonly long _deadlineTicks =
        plan.Arrivals[^1].OffsetTicks + (long)(options.DrainSeconds * TimeSpan.TicksPerSecond);

    private long NowTicks => _clock.Elapsed.Ticks;

    public async Task<RunOutcome> RunAsync(CancellationToken stop)
    {
        using var client = new ChatClient(target, options, () => NowTicks);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(TimeSpan.FromTicks(_deadlineTicks));
        var running = new List<Task>(plan.Arrivals.Count);
        _clock.Start();
        var every = TimeSpan.FromSeconds(ProgressSeconds);
        using var progress = options.Progress ? new Timer(_ => WriteProgress(), null, every, every) : null;
        foreach (var arrival in plan.Arrivals)
        {
            var aheadTicks = arrival.OffsetTicks - NowTicks;
            if (aheadTicks > 0) await Task.Delay(TimeSpan.FromTicks(aheadTicks), stop);
            running.Add(SendAsync(client, arrival, deadline.Token));
        }
        await Task.WhenAll(running);
        stop.ThrowIfCancellationRequested();
        _outcome.Seconds = _clock.Elapsed.TotalSeconds;
        return _outcome;
    }

    private async Task SendAsync(ChatClient client, Arrival arrival, CancellationToken stop)
    {
        var tally = _outcome.Classes[arrival.ClassIndex];
        Interlocked.Increment(ref _sent);
        ClassTally.Record(tally.Lateness, NowTicks - arrival.OffsetTicks);
        try
        {
            var answer = await client.SendAsync(arrival, tally.Class, tally.InterToken, stop);
            tally.Count(answer.Status, answer.Tokens);
            var isServed = answer.Status == 200;
            RecordTimes(
                tally, arrival, isServed ? answer.FirstTokenTicks : _deadlineTicks,
                isServed ? answer.EndTicks : _deadlineTicks);
        }
        catch (OperationCanceledException)
        {
            tally.Count(ClassTally.Lost, 0);
            RecordTimes(tally, arrival, _deadlineTicks, _deadlineTicks);
        }
        finally
        {
            Interlocked.Increment(ref _ended);
        }
    }

    private static void RecordTimes(ClassTally tally, Arrival arrival, long firstTokenTicks, long endTicks)
    {
        ClassTally.Record(tally.FirstToken, firstTokenTicks - arrival.OffsetTicks);
        ClassTally.Record(tally.Total, endTicks - arrival.OffsetTicks);
    }

    private void WriteProgress() => Console.Error.WriteLine(
        $"  {_clock.Elapsed.TotalSeconds,5:F0} s: {_sent} of {plan.Arrivals.Count} sent, {_sent - _ended} unanswered, "
        + $"{_outcome.Tokens} tokens");
}
