using System.Buffers;
using System.Text;
using Sidecar.Telemetry;
using Sidecar.Workloads;

namespace Sidecar.Admin;

/// <summary>The page of all metrics as they stand. Allocates; for the admin port's threads.</summary>
internal sealed class MetricsPage(AdminSources sources)
{
    internal void Write(IBufferWriter<byte> output)
    {
        var page = new ExpositionWriter(output);
        WriteWorkloads(page);
        WriteQueue(page);
        WriteOutcomes(page);
        WriteConnections(page);
        ProcessMetrics.Write(page);
    }

    private void WriteWorkloads(ExpositionWriter page)
    {
        var all = new List<Workload>();
        sources.Workloads.CopyTo(all);
        var listed = all.Where(workload => workload.IsListed).ToArray();
        var now = sources.Clock.NowTicks;
        var otherRate = sources.Workloads.Other.ArrivalsPerSecond(now)
            + all.Where(workload => !workload.IsListed).Sum(workload => workload.ArrivalsPerSecond(now));

        Each("workload_active_requests", "gauge", "Requests queued and running.",
            workload => workload.ActiveCount, sources.Workloads.OtherActiveCount);
        Each("workload_total_requests", "gauge", "Requests since the workload was first seen.",
            workload => workload.TotalCount, sources.Workloads.OtherTotalCount);
        Each("sidecar_workload_requests_total", "counter", "Requests since the workload was first seen.",
            workload => workload.TotalCount, sources.Workloads.OtherTotalCount);
        Each("workload_request_rate", "gauge", "Arrivals per second over the rate window.",
            workload => workload.ArrivalsPerSecond(now), otherRate);
        Each("workload_avg_wait_time", "gauge",
            "Moving average of the waits for a permit, in seconds; it fades while nothing of the workload is queued.",
            workload => workload.AverageWaitSecondsAt(now), sources.Workloads.Other.AverageWaitSecondsAt(now));
        page.Histogram("priority_score_distribution", "Score of each request when it was dispatched.",
            sources.Instruments.PriorityScore);

        void Each(string name, string type, string help, Func<Workload, double> value, double other)
        {
            page.Family(name, type, help);
            foreach (var workload in listed) page.Sample(name, "workload_id", workload.IdUtf8, value(workload));
            page.Sample(name, "workload_id", WorkloadRegistry.OtherId, other);
        }
    }

    private void WriteQueue(ExpositionWriter page)
    {
        var gate = sources.Gate;
        page.Single("sidecar_in_flight", "gauge", "Requests at the model server.", gate.InFlight);
        page.Single("sidecar_queued", "gauge", "Requests waiting for the model server.", gate.Queued);
        page.Single("sidecar_limit", "gauge", "Most requests at the model server at once; 0: no limit.", gate.Limit);
        page.Single("sidecar_gate_open", "gauge", "0 while the model server refuses connections.", gate.IsOpen ? 1 : 0);
        page.Single("sidecar_upstream_healthy", "gauge", "1 while the model server's health path answers.",
            sources.State.UpstreamHealthy ? 1 : 0);
        page.Single("sidecar_draining", "gauge", "1 from the request to end.", sources.State.Draining ? 1 : 0);
        page.Single("sidecar_workloads", "gauge", "Workloads tracked.", sources.Workloads.Count);
        page.Histogram("sidecar_queue_wait_seconds", "Wait of each dispatched request, 0 when admitted at once.",
            sources.Instruments.QueueWaitSeconds);
    }

    private void WriteOutcomes(ExpositionWriter page)
    {
        const string requests = "sidecar_requests_total", faults = "sidecar_context_faults_total";
        page.Family(requests, "counter", "Requests by how they ended.");
        for (var outcome = Outcome.Completed; (int)outcome < Outcomes.Count; outcome++)
            page.Sample(requests, "outcome", Outcomes.LabelOf(outcome), sources.Instruments[outcome].Value);

        page.Family(faults, "counter", "Requests whose workload context was not taken as it stood.");
        for (var fault = ContextFault.Absent; fault <= ContextFault.DeadlineInvalid; fault++)
        {
            var reason = Encoding.ASCII.GetBytes(ContextFaultLabels.Of(fault));
            page.Sample(faults, "reason", reason, sources.Instruments.ContextFaults[(int)fault].Value);
        }
    }

    private void WriteConnections(ExpositionWriter page)
    {
        page.Single("sidecar_connections", "gauge", "Client connections open.", sources.Server.ConnectionCount);
        page.Single("sidecar_connections_accepted_total", "counter", "Client connections since the start.",
            sources.Instruments.ConnectionsAccepted.Value);
        page.Single("sidecar_connections_refused_total", "counter", "Client connections closed at the limit.",
            sources.Instruments.ConnectionsRefused.Value);
        page.Single("sidecar_resends_total", "counter",
            "Requests sent once more, because the model server closed a resting connection as it was used.",
            sources.Instruments.Resends.Value);
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
