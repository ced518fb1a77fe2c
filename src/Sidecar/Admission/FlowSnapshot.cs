using Sidecar.Scheduling.Orders;

namespace Sidecar.Admission;

/// <summary>One flow of the queue as <c>/debug/queue</c> shows it; the terms are its oldest request's.</summary>
internal sealed record FlowSnapshot(
    string WorkloadId, int Criticality, int Queued, double OldestAgeSeconds, ScoreTerms Terms)
{
    public double Score => Terms.Score;
}
