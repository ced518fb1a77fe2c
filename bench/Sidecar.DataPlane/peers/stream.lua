-- POSTs that are answered with streams.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["X-Workload-Context"] = '{"workload_id":"workload-1","criticality":3}'
wrk.body = '{"stream":true}'

-- Streams that are still under way at the end are no errors, so only what failed to connect or write counts.
function done(summary, latency, requests)
  io.write(string.format("RESULT %d %d 0 0\n", summary.requests, summary.errors.connect + summary.errors.write))
end
