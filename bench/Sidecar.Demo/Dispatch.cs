namespace Sidecar.Demo;

/// <summary>One dispatch: who went, and how the queue stood just before.</summary>
/// <param name="Flow">Of the request that went; null when the sidecar filed it elsewhere than expected.</param>
/// <param name="RunnerUp">The best of those that were passed over; null when none was left.</param>
public sealed record Dispatch(int Position, DemoRequest Request, int Arrived, QueueFlow? Flow, QueueFlow? RunnerUp)
{
    // Terms closer than this differ by the moment at which they were read.
    private const double Same = 0.002;

    /// <summary>In words, the term that decided.</summary>
    public string Why
    {
        get
        {
            if (Flow is null) return "not in the flow that its header names";
            if (RunnerUp is null) return "the last one";
            var byWait = Flow.WaitTerm - RunnerUp.WaitTerm;
            var byCriticality = Flow.CriticalityTerm - RunnerUp.CriticalityTerm;
            var byRate = RunnerUp.RateTerm - Flow.RateTerm;
            if (RunnerUp.WorkloadId == Flow.WorkloadId && RunnerUp.Criticality == Flow.Criticality
                || Math.Max(byWait, Math.Max(byCriticality, byRate)) < Same)
                return "as good as the next: came earlier";
            if (byCriticality >= byWait && byCriticality >= byRate)
                return $"criticality {Flow.Criticality} before {RunnerUp.Criticality}";
            return byRate >= byWait
                ? $"asks for less than {RunnerUp.WorkloadId}"
                : $"waited longer than {RunnerUp.WorkloadId}";
        }
    }
}
