-- POSTs that are answered with streams.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["X-Workload-Context"] = '{"workload_id":"workload-1","criticality":3}'
wrk.body = '{"stream":true}'

-- wrk stops looking at its connections when its time is over, so that a stream under way then is none of these. Its
-- latencies are those of whole streams, whose pace the upstream sets: they say nothing of the proxy.
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %d %d 0 0\n", summary.requests, e.connect + e.read + e.write + e.status + e.timeout))
end
