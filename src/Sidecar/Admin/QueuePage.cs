using System.Text.Json;
using Sidecar.Admission;
using Sidecar.Engines.Limits;

namespace Sidecar.Admin;

/// <summary><c>/debug/queue</c>: what waits, in the order in which it would be sent, and why.</summary>
internal static class QueuePage
{
    internal static async Task WriteAsync(QueueSnapshot queue, LimitReason? reason, PageBody body)
    {
        await using var json = new Utf8JsonWriter(body.Output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("limit", queue.Limit);
        json.WriteString("limit_reason", reason is { } why ? LimitReasons.LabelOf(why) : "set");
        json.WriteNumber("in_flight", queue.InFlight);
        json.WriteNumber("queued", queue.Queued);
        json.WriteBoolean("open", queue.IsOpen);
        json.WriteStartArray("flows");
        foreach (var flow in queue.Flows)
        {
            WriteFlow(json, flow);
            json.Flush();
            await body.MoreAsync();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFlow(Utf8JsonWriter json, FlowSnapshot flow)
    {
        json.WriteStartObject();
        json.WriteString("workload_id", flow.WorkloadId);
        json.WriteNumber("criticality", flow.Criticality);
        json.WriteNumber("queued", flow.Queued);
        json.WriteNumber("oldest_age_seconds", flow.OldestAgeSeconds);
        json.WriteNumber("score", flow.Score);
        json.WriteStartObject("terms");
        json.WriteNumber("wait", flow.Terms.Wait);
        json.WriteNumber("criticality", flow.Terms.Criticality);
        json.WriteNumber("rate", flow.Terms.Rate);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
