using System.Globalization;
using System.Text;
using Sidecar.Http;
using Sidecar.Records;
using Sidecar.Telemetry;

namespace Sidecar.Proxy;

/// <summary>
/// One line for each request that has ended, at level debug: what was asked and what came of it. Costs a comparison at
/// other levels. One reactor's thread.
/// </summary>
internal sealed class RequestLog(Log log)
{
    /// <summary>Of method and target each, or a long one would leave the line no room for what follows.</summary>
    private const int ValueBytesMax = 1024;

    private string _method = "";
    private string _target = "";

    private bool IsEnabled => log.IsEnabled(LogLevel.Debug);

    /// <summary>Notes what the head says, while its bytes stand.</summary>
    internal void Begin(RequestHead head, ReadOnlySpan<byte> source)
    {
        if (!IsEnabled) return;
        _method = Shorten(head.MethodName.In(source));
        _target = Shorten(head.Target.In(source));
    }

    /// <param name="outcome">How it ended.</param>
    /// <param name="bodyBytes">Of the request's body, as far as it came.</param>
    /// <param name="status">Of the model server's answer; 0 where there was none.</param>
    /// <param name="workloadId">Empty for what bypasses the gate.</param>
    internal void End(Outcome outcome, long bodyBytes, int status, string workloadId)
    {
        if (!IsEnabled) return;
        log.Write(LogLevel.Debug, "request",
            ("method", _method), ("target", _target), ("workload_id", workloadId),
            ("request_body_bytes", bodyBytes.ToString(CultureInfo.InvariantCulture)),
            ("status", status.ToString(CultureInfo.InvariantCulture)),
            ("outcome", Encoding.ASCII.GetString(Outcomes.LabelOf(outcome))));
    }

    private static string Shorten(ReadOnlySpan<byte> text) => text.Length <= ValueBytesMax
        ? Encoding.ASCII.GetString(text)
        : $"{Encoding.ASCII.GetString(text[..ValueBytesMax])}...";
}
