using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace Sidecar.Tests;

/// <summary>A clock that the test moves, and that knows for how long it was waited for, each time.</summary>
internal sealed class WatchedTime : FakeTimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _waits = new();

    /// <summary>In the order of their beginnings; whoever sees one may move the clock past it.</summary>
    internal TimeSpan[] Waits => [.. _waits];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Enqueue(dueTime);
        return timer;
    }
}
