using System.Text.Json;

namespace Sidecar.Demo;

/// <summary>The sidecar's queue at one instant, as its admin port tells it.</summary>
public sealed record QueueView(int InFlight, int Queued, IReadOnlyList<QueueFlow> Flows)
{
    public static QueueView Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return new QueueView(
            root.GetProperty("in_flight").GetInt32(),
            root.GetProperty("queued").GetInt32(),
            [.. root.GetProperty("flows").EnumerateArray().Select(QueueFlow.Read)]);
    }

    public QueueFlow? Find(string workloadId, int criticality) => Flows.FirstOrDefault(flow =>
        flow.WorkloadId == workloadId && flow.Criticality == criticality && flow.Queued > 0);
}
