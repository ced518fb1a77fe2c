using Row = Sidecar.Records.OutcomeRow;

namespace Sidecar.Records;

/// <summary>
/// The one table of how requests end: the label of the metric, which is <c>x-sidecar-reason</c> and the error's code
/// too, and what the sidecar answers by itself. A new outcome is a member of the enum and a row here. Immutable.
/// </summary>
internal static class Outcomes
{
    private static readonly Row[] Rows = Sorted(
    [
        new(Outcome.None, "none"u8),
        new(Outcome.Completed, "completed"u8),
        new(Outcome.ClientLeftQueued, "client-left-queued"u8),
        new(Outcome.ClientLeftRunning, "client-left-running"u8),
        new(Outcome.ClientStalled, "client-stalled"u8, 408, "The request's body did not arrive in time."u8),
        new(Outcome.BadRequest, "malformed"u8),
        new(Outcome.HeadTimeout, "head-timeout"u8, 408, "The request's head did not arrive in time."u8),
        new(Outcome.BodyTooLarge, "body-too-large"u8, 413, "The request's body is larger than the limit."u8),
        new(Outcome.QueueFull, "queue-full"u8, 429, "Too many requests wait for the model server."u8),
        new(Outcome.Shed, "shed"u8, 429, "A more critical request took its place in the full queue."u8),
        new(Outcome.ExpectedWait, "expected-wait"u8, 503,
            "The request would have to wait longer for the model server than it may."u8),
        new(Outcome.QueueTimeout, "queue-timeout"u8, 503, "The request waited too long for the model server."u8),
        new(Outcome.Draining, "draining"u8, 503, "The server is shutting down."u8),
        new(Outcome.UpstreamUnavailable, "upstream-unavailable"u8, 503, "The model server is not available."u8),
        new(Outcome.UpstreamRefused, "upstream-refused"u8, 502, "The model server refuses connections."u8),
        new(Outcome.UpstreamBroken, "upstream-broken"u8, 502,
            "The model server closed the connection before it answered."u8),
        new(Outcome.UpstreamMalformed, "upstream-malformed"u8, 502, "The model server's answer is malformed."u8),
        new(Outcome.UpstreamTimeout, "upstream-timeout"u8, 504, "The model server did not answer in time."u8),
        new(Outcome.OutOfMemory, "out-of-memory"u8, 503, "There is no memory left to hold the request's head."u8),
        new(Outcome.Failed, "failed"u8),
    ]);

    public static int Count => Rows.Length;

    public static Row Of(Outcome outcome) => Rows[(int)outcome];

    public static ReadOnlySpan<byte> LabelOf(Outcome outcome) => Rows[(int)outcome].Label;

    private static Row[] Sorted(Row[] rows)
    {
        Array.Sort(rows, static (a, b) => a.Outcome.CompareTo(b.Outcome));
        return rows;
    }
}
