using Sidecar.Http;
using Sidecar.Http.Responses;
using Sidecar.Records;

namespace Sidecar.Proxy;

/// <summary>Writes the sidecar's own answers; each returns the length in bytes. Pure; any thread.</summary>
internal static class Answers
{
    /// <param name="destination"><see cref="ErrorAnswer.BytesMax"/> suffices always.</param>
    /// <param name="outcome">An outcome that has an answer.</param>
    /// <param name="retryAfterSeconds">For Retry-After; -1: without.</param>
    /// <param name="keepAlive">Whether the connection stays open.</param>
    /// <param name="headOnly">The request was HEAD.</param>
    /// <param name="hasTlsFailed">The model server's port accepted the connection, but TLS on it failed.</param>
    internal static int Write(
        Span<byte> destination, Outcome outcome, int retryAfterSeconds, bool keepAlive, bool headOnly,
        bool hasTlsFailed = false)
    {
        var row = Outcomes.Of(outcome);
        var message = outcome == Outcome.UpstreamRefused && hasTlsFailed
            ? "The TLS handshake with the model server failed."u8
            : row.Message;
        return ErrorAnswer.Write(
            destination, row.Status, row.Label, message, row.ErrorType, retryAfterSeconds, keepAlive, headOnly);
    }

    internal static int Refusal(Span<byte> destination, HttpFault fault, bool headOnly) => ErrorAnswer.Write(
        destination, HttpFaults.StatusOf(fault), HttpFaults.ReasonOf(fault), HttpFaults.MessageOf(fault),
        HttpFaults.ErrorType, headOnly: headOnly);
}
