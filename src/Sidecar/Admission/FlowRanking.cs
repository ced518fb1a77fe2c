using Sidecar.Scheduling;

namespace Sidecar.Admission;

/// <summary>Turns copied flows into what people read; outside the lock, since it sorts. Pure.</summary>
internal static class FlowRanking
{
    private const int FlowsMax = 1_000;

    public static FlowSnapshot[] Highest(List<FlowView> flows, Scheduler scheduler)
    {
        var ranked = new FlowSnapshot[flows.Count];
        for (var i = 0; i < ranked.Length; i++)
        {
            var flow = flows[i];
            ranked[i] = new FlowSnapshot(flow.Workload.Id, flow.Criticality, flow.Queued,
                flow.OldestAgeTicks / (double)TimeSpan.TicksPerSecond,
                scheduler.Terms(flow));
        }
        Array.Sort(ranked, static (a, b) => a.Score != b.Score
            ? b.Score.CompareTo(a.Score)
            : b.OldestAgeSeconds.CompareTo(a.OldestAgeSeconds));
        return ranked.Length <= FlowsMax ? ranked : ranked[..FlowsMax];
    }
}
