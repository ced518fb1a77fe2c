using System.Text.Json;

namespace Sidecar.Demo;

/// <summary>One flow of <c>/debug/queue</c>: the score is wait plus criticality less rate.</summary>
public sealed record QueueFlow(
    string WorkloadId, int Criticality, int Queued, double OldestAgeSeconds, double Score,
    double WaitTerm, double CriticalityTerm, double RateTerm)
{
    public static QueueFlow Read(JsonElement flow)
    {
        var terms = flow.GetProperty("terms");
        return new QueueFlow(
            flow.GetProperty("workload_id").GetString() ?? "",
            flow.GetProperty("criticality").GetInt32(),
            flow.GetProperty("queued").GetInt32(),
            flow.GetProperty("oldest_age_seconds").GetDouble(),
            flow.GetProperty("score").GetDouble(),
            terms.GetProperty("wait").GetDouble(),
            terms.GetProperty("criticality").GetDouble(),
            Math.Abs(terms.GetProperty("rate").GetDouble()));
    }
}
