namespace Sidecar.Telemetry;

/// <summary>
/// The texts of <see cref="Outcome"/>: label of the metric, <c>x-sidecar-reason</c> and error code alike.
/// </summary>
public static class Outcomes
{
    private static readonly byte[][] Labels =
    [
        "none"u8.ToArray(), "completed"u8.ToArray(), "client-left-queued"u8.ToArray(),
        "client-left-running"u8.ToArray(), "client-stalled"u8.ToArray(), "malformed"u8.ToArray(),
        "head-timeout"u8.ToArray(), "body-too-large"u8.ToArray(), "queue-full"u8.ToArray(),
        "queue-timeout"u8.ToArray(), "draining"u8.ToArray(), "upstream-unavailable"u8.ToArray(),
        "upstream-refused"u8.ToArray(), "upstream-broken"u8.ToArray(), "upstream-malformed"u8.ToArray(),
        "upstream-timeout"u8.ToArray(), "out-of-memory"u8.ToArray(), "failed"u8.ToArray(),
    ];

    public static int Count => Labels.Length;

    public static ReadOnlySpan<byte> LabelOf(Outcome outcome) => Labels[(int)outcome];
}
