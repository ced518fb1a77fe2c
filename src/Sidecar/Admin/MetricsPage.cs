using Sidecar.Admission;
using Sidecar.Admission.Plans;
using Sidecar.Engines.Limits;
using Sidecar.Records;
using Sidecar.Telemetry;
using Sidecar.Workloads;

namespace Sidecar.Admin;

/// <summary>
/// The page of all metrics as they stand, sent while it is written. Used by many requests at once; stops no thread of
/// the data plane, and takes the registry's locks as a request does, for a stripe at a time.
/// </summary>
internal sealed class MetricsPage(AdminSources sources)
{
    /// <summary>At rest between two pages, so that a page need not allocate one.</summary>
    private List<Workload>? _spare;

    internal async Task WriteAsync(PageBody body)
    {
        var page = new ExpositionWriter(body.Output);
        await WriteWorkloadsAsync(page, body);
        await body.MoreAsync();
        WriteQueue(page);
        WriteMode(page);
        WriteOutcomes(page);
        await body.MoreAsync();
        WriteConnections(page);
        ProcessMetrics.Write(page);
    }

    private async Task WriteWorkloadsAsync(ExpositionWriter page, PageBody body)
    {
        var (registry, now) = (sources.Workloads, sources.Clock.NowTicks);
        var listed = Interlocked.Exchange(ref _spare, null) ?? new List<Workload>(registry.Count);
        registry.CopyTo(listed);
        var otherRate = registry.Other.ArrivalsPerSecond(now);
        foreach (var workload in listed) otherRate += workload.IsListed ? 0 : workload.ArrivalsPerSecond(now);
        listed.RemoveAll(static workload => !workload.IsListed);

        await EachAsync("workload_active_requests", "gauge", "Requests that have arrived and not ended.",
            static (workload, _) => workload.ActiveCount, registry.OtherActiveCount);
        await EachAsync("workload_total_requests", "gauge", "Requests since the workload was first seen.",
            static (workload, _) => workload.TotalCount, registry.OtherTotalCount);
        await EachAsync("sidecar_workload_requests_total", "counter", "Requests since the workload was first seen.",
            static (workload, _) => workload.TotalCount, registry.OtherTotalCount);
        await EachAsync("workload_request_rate", "gauge", "Arrivals per second over the rate window.",
            static (workload, now) => workload.ArrivalsPerSecond(now), otherRate);
        await EachAsync("workload_avg_wait_time", "gauge",
            "Moving average of the waits for a permit, in seconds; it fades while nothing of the workload is queued.",
            static (workload, now) => workload.AverageWaitSecondsAt(now), registry.Other.AverageWaitSecondsAt(now));
        page.Histogram("priority_score_distribution", "Score of each request when it was dispatched.",
            sources.Instruments.PriorityScore);
        // What is forgotten must not live on here.
        listed.Clear();
        _spare = listed;

        async ValueTask EachAsync(
            string name, string type, string help, Func<Workload, long, double> value, double other)
        {
            page.Family(name, type, help);
            foreach (var workload in listed)
            {
                page.Sample(name, "workload_id", workload.IdUtf8, value(workload, now));
                await body.MoreAsync();
            }
            page.Sample(name, "workload_id", WorkloadRegistry.OtherId, other);
        }
    }

    private void WriteQueue(ExpositionWriter page)
    {
        var gate = sources.Gate;
        page.Single("sidecar_in_flight", "gauge", "Requests at the model server.", gate.InFlight);
        page.Single("sidecar_queued", "gauge", "Requests waiting for the model server.", gate.Queued);
        page.Single("sidecar_limit", "gauge", "Most requests at the model server at once; 0: no limit.", gate.Limit);
        const string changes = "sidecar_limit_changes_total";
        page.Family(changes, "counter", "Changes of the limit by their reason, where it finds itself.");
        foreach (var reason in Enum.GetValues<LimitReason>())
        {
            var count = sources.Limit?.Changes[(int)reason].Value ?? 0;
            page.Sample(changes, "reason", LimitReasons.LabelOf(reason), count);
        }
        page.Single("sidecar_engine_stalled", "gauge", "1 while streams are awaited and nothing has come for too long.",
            sources.Stall is { IsStalled: true } ? 1 : 0);
        const string refusals = "sidecar_engine_refusals_total";
        page.Family(refusals, "counter", "Answers 429 and 503 of the model server to requests that held a permit.");
        page.Sample(refusals, "result", "returned"u8, sources.Engine.Refusals.Returned.Value);
        page.Sample(refusals, "result", "passed"u8, sources.Engine.Refusals.Passed.Value);
        page.Single("sidecar_gate_open", "gauge", "0 while nothing is sent: the model server is not there, or loads.",
            gate.IsOpen ? 1 : 0);
        page.Single("sidecar_upstream_healthy", "gauge", "1 while the model server's health path answers.",
            sources.Engine.IsHealthy ? 1 : 0);
        page.Single("sidecar_draining", "gauge", "1 from the request to end.", sources.State.Draining ? 1 : 0);
        page.Single("sidecar_workloads", "gauge", "Workloads tracked.", sources.Workloads.Count);
        page.Histogram("sidecar_queue_wait_seconds", "Wait of each dispatched request, 0 when admitted at once.",
            sources.Instruments.QueueWaitSeconds);
    }

    private void WriteMode(ExpositionWriter page)
    {
        var plan = sources.Gate.Plan;
        WriteOneOf(page, "mode", GatePlanNames.Modes, GatePlanNames.NameOf(plan.Mode));
        WriteOneOf(page, "policy", GatePlanNames.Policies, GatePlanNames.NameOf(plan.Policy));
        page.Single("sidecar_enforce_percent", "gauge", "Of a hundred dispatches, how many follow the policy.",
            plan.EnforcePercent);
        page.Single("sidecar_mode_changes_total", "counter", "Times that mode, policy or share were changed.",
            sources.Instruments.ModeChanges.Value);
        WriteShadow(page, sources.Gate.ShadowGains());
    }

    private static void WriteOneOf(ExpositionWriter page, string label, IReadOnlyList<string> names, string inForce)
    {
        var family = $"sidecar_{label}";
        page.Family(family, "gauge", $"1 for the {label} that is in force.");
        foreach (var name in names) page.Sample(family, label, name, name == inForce ? 1 : 0);
    }

    private static void WriteShadow(ExpositionWriter page, ShadowGain[] gains)
    {
        Each("sidecar_shadow_requests", "Requests since the shadow began that are reckoned with.",
            static gain => gain.Requests);
        Each("sidecar_shadow_gain_seconds", "Waiting that the policy would have spared these, in sum; below 0: cost.",
            static gain => gain.Seconds);
        Each("sidecar_shadow_gain_places", "Dispatches that these would have been earlier, in sum; below 0: later.",
            static gain => gain.Places);
        Each("sidecar_shadow_served", "Requests that timed out or left, and would have been sent by the policy.",
            static gain => gain.Served);
        Each("sidecar_shadow_lost", "Requests that were sent, and would have timed out by the policy.",
            static gain => gain.Lost);

        void Each(string name, string help, Func<ShadowGain, double> value)
        {
            page.Family(name, "gauge", help);
            foreach (var (level, gain) in gains.Index())
                page.Sample(name, "criticality", $"{level + 1}", value(gain));
        }
    }

    private void WriteOutcomes(ExpositionWriter page)
    {
        const string requests = "sidecar_requests_total", faults = "sidecar_context_faults_total";
        page.Family(requests, "counter", "Requests by how they ended.");
        for (var outcome = Outcome.Completed; (int)outcome < Outcomes.Count; outcome++)
            page.Sample(requests, "outcome", Outcomes.LabelOf(outcome), sources.Instruments[outcome].Value);

        page.Family(faults, "counter", "Requests whose workload context was not taken as it stood.");
        foreach (var fault in Enum.GetValues<ContextFault>().Skip(1))
        {
            page.Sample(faults, "reason", ContextFaultLabels.Of(fault),
                sources.Instruments.ContextFaults[(int)fault].Value);
        }
    }

    private void WriteConnections(ExpositionWriter page)
    {
        page.Single("sidecar_connections", "gauge", "Client connections open.", sources.Server.ConnectionCount);
        page.Single("sidecar_connections_accepted_total", "counter", "Client connections since the start.",
            sources.Instruments.ConnectionsAccepted.Value);
        page.Single("sidecar_connections_refused_total", "counter", "Client connections closed at the limit.",
            sources.Instruments.ConnectionsRefused.Value);
        page.Single("sidecar_tls_handshakes_failed_total", "counter", "Clients' TLS handshakes that came to nothing.",
            sources.Instruments.TlsHandshakesFailed.Value);
        page.Single("sidecar_resends_total", "counter",
            "Requests sent once more, because the model server closed a resting connection as it was used.",
            sources.Instruments.Resends.Value);
        page.Single("sidecar_returns_total", "counter",
            "Times that a request went back to the queue: the model server refused it, or answered that it loads.",
            sources.Instruments.Returns.Value);
        page.Single("sidecar_upstream_connections_resting", "gauge", "Connections to the model server at rest.",
            sources.Server.RestingCount);
        page.Single("sidecar_exchanges", "gauge", "Requests from their head to their end, bypassing ones included.",
            sources.Server.ExchangeCount);
        page.Single("sidecar_held_bytes", "gauge", "Bytes that requests hold beyond their first buffer.",
            sources.Server.HeldBodyBytes);
        page.Single("sidecar_log_dropped_total", "counter", "Log lines that found the log's queue full.",
            sources.Log.DroppedCount.Value);
    }
}
