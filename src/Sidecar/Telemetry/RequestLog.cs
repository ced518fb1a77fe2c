using System.Globalization;
using System.Text;
using Sidecar.Records;

namespace Sidecar.Telemetry;

/// <summary>
/// One line for each request that has ended, at level debug: what was asked and what came of it. Costs a comparison at
/// other levels. Any thread.
/// </summary>
internal sealed class RequestLog(Log log) : IRecordReader
{
    public bool WantsTexts => log.IsEnabled(LogLevel.Debug);

    public void OnAnswered(RequestRecord record)
    {
    }

    public void OnEnded(RequestRecord record)
    {
        if (!log.IsEnabled(LogLevel.Debug)) return;
        log.Write(LogLevel.Debug, "request",
            ("method", record.Method), ("target", record.Target), ("workload_id", record.WorkloadId),
            ("request_body_bytes", record.RequestBodyBytes.ToString(CultureInfo.InvariantCulture)),
            ("status", record.Status.ToString(CultureInfo.InvariantCulture)),
            ("outcome", Encoding.ASCII.GetString(Outcomes.LabelOf(record.Outcome))));
    }
}
