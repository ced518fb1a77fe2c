using Sidecar.Http;
using Sidecar.Http.Responses;
using Sidecar.Proxy.Server;
using Sidecar.Records;

namespace Sidecar.Proxy;

/// <summary>Writes the sidecar's own answers into a worker's scratch space; each returns the length in bytes.</summary>
internal static class Answers
{
    /// <param name="worker">Whose scratch space it is.</param>
    /// <param name="outcome">One that is answered.</param>
    /// <param name="keepAlive">Whether the connection stays open.</param>
    /// <param name="headOnly">The request was HEAD.</param>
    /// <param name="hasTlsFailed">What refuses is not the model server's port, but TLS on it.</param>
    internal static int Write(
        ProxyWorker worker, Outcome outcome, bool keepAlive, bool headOnly, bool hasTlsFailed = false)
    {
        var row = Outcomes.Of(outcome);
        var message = outcome == Outcome.UpstreamRefused && hasTlsFailed
            ? "The TLS handshake with the model server failed."u8
            : row.Message;
        return ErrorAnswer.Write(
            worker.Scratch, row.Status, row.Label, message, row.ErrorType, row.Label,
            row.MayBeRetried ? worker.Services.Gate.RetryAfterSeconds : -1, keepAlive, headOnly);
    }

    internal static int Refusal(ProxyWorker worker, HttpFault fault, bool headOnly)
    {
        var reason = HttpFaults.ReasonOf(fault);
        return ErrorAnswer.Write(
            worker.Scratch, HttpFaults.StatusOf(fault), reason, HttpFaults.MessageOf(fault), HttpFaults.ErrorType,
            reason, -1, keepAlive: false, headOnly);
    }
}
