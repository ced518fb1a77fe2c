using Sidecar.Scheduling;

namespace Sidecar.Admission;

/// <summary>One flow of the queue as <c>/debug/queue</c> shows it; the terms are as its oldest request has
/// them.</summary>
public sealed record FlowSnapshot(
    string WorkloadId, int Criticality, int Queued, double OldestAgeSeconds, ScoreTerms Terms)
{
    public double Score => Terms.Score;
}
