-- POSTs of 512 bytes with X-Workload-Context: four workloads in five criticalities, in turn.
local body = string.rep("x", 512)
local prepared = {}
local at = 0

function init(args)
  for workload = 1, 4 do
    for criticality = 1, 5 do
      prepared[#prepared + 1] = wrk.format("POST", "/v1/completions", {
        ["Host"] = "127.0.0.1",
        ["Content-Type"] = "application/json",
        ["X-Workload-Context"] = string.format('{"workload_id":"workload-%d","criticality":%d}', workload, criticality),
      }, body)
    end
  end
end

function request()
  at = at % #prepared + 1
  return prepared[at]
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d\n", summary.requests,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
end
