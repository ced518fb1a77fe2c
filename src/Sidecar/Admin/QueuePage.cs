using System.Text.Json;
using Sidecar.Admission;
using Sidecar.Admission.Plans;
using Sidecar.Engines.Limits;

namespace Sidecar.Admin;

/// <summary><c>/debug/queue</c>: what waits, the highest score first, and how it goes on.</summary>
internal static class QueuePage
{
    internal static async Task WriteAsync(Gate gate, LimitReason? reason, PageBody body)
    {
        var (queue, plan) = (gate.Snapshot(), gate.Plan);
        await using var json = new Utf8JsonWriter(body.Output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("limit", queue.Limit);
        var why = gate.IsCapped ? LimitReason.Refused : reason;
        json.WriteString("limit_reason", why is { } one ? LimitReasons.LabelOf(one) : "set");
        json.WriteNumber("in_flight", queue.InFlight);
        json.WriteNumber("queued", queue.Queued);
        json.WriteBoolean("open", queue.IsOpen);
        json.WriteString("mode", GatePlanNames.NameOf(plan.Mode));
        json.WriteString("policy", GatePlanNames.NameOf(plan.Policy));
        json.WriteNumber("enforce_percent", plan.EnforcePercent);
        if (plan.Mode == GateMode.Shadow) WriteShadow(json, gate.ShadowGains());
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

    /// <summary>What the policy would have done for a request of each criticality, on average.</summary>
    private static void WriteShadow(Utf8JsonWriter json, ShadowGain[] gains)
    {
        json.WriteStartArray("shadow");
        foreach (var (level, gain) in gains.Index())
        {
            json.WriteStartObject();
            json.WriteNumber("criticality", level + 1);
            json.WriteNumber("requests", gain.Requests);
            json.WriteNumber("mean_gain_seconds", gain.Requests == 0 ? 0 : gain.Seconds / gain.Requests);
            json.WriteNumber("mean_gain_places", gain.Requests == 0 ? 0 : (double)gain.Places / gain.Requests);
            json.WriteNumber("served", gain.Served);
            json.WriteNumber("lost", gain.Lost);
            json.WriteEndObject();
        }
        json.WriteEndArray();
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
