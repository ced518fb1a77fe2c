using Sidecar.Http;
using Sidecar.Telemetry;

namespace Sidecar.Proxy;

/// <summary>Writes the sidecar's own answers into a worker's scratch space; each returns the length in bytes.</summary>
internal static class Answers
{
    internal static int Write(ProxyWorker worker, Outcome outcome, bool keepAlive, bool headOnly)
    {
        var status = OwnAnswers.StatusOf(outcome);
        var retryAfterSeconds = status is 429 or 503 ? worker.Services.Gate.RetryAfterSeconds : -1;
        var reason = Outcomes.LabelOf(outcome);
        return ErrorAnswer.Write(
            worker.Scratch, status, reason, OwnAnswers.MessageOf(outcome), OwnAnswers.TypeOf(status), reason,
            retryAfterSeconds, keepAlive, headOnly);
    }

    internal static int Refusal(ProxyWorker worker, HttpFault fault, bool headOnly)
    {
        var reason = HttpFaults.ReasonOf(fault);
        return ErrorAnswer.Write(
            worker.Scratch, HttpFaults.StatusOf(fault), reason, HttpFaults.MessageOf(fault), HttpFaults.ErrorType,
            reason, -1, keepAlive: false, headOnly);
    }
}
