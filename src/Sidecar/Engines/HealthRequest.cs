using System.Net;
using System.Net.Sockets;
using Sidecar.Telemetry;

namespace Sidecar.Engines;

/// <summary>
/// Asks the model server's health path once, or for a connection alone, and tells what the answer means.
/// </summary>
/// <param name="client">Asks nothing else meanwhile.</param>
/// <param name="url">Null: a connection that is accepted is health.</param>
/// <param name="log">Is told once of a key that is missing.</param>
internal sealed class HealthRequest(EngineClient client, Uri? url, Log log)
{
    private const string TrustHint = "requests wait; SIDECAR_UPSTREAM_CA_FILE names who may vouch for its certificate";

    private readonly string _question = url is null
        ? $"connect to {client.EndPoint}"
        : $"GET {url}{(client.EndPoint is UnixDomainSocketEndPoint unix ? $" at unix:{unix}" : "")}";

    private bool _wasUnauthorized;

    /// <summary>
    /// The answer, and for people what was asked and what came, and what may help. Cancelled: what was known till then.
    /// </summary>
    internal async Task<(HealthAnswer Answer, string Reason, string? Hint)> AskAsync(CancellationToken cancellation)
    {
        try
        {
            if (url is not null) return await AskPathAsync(url, cancellation);
            (await client.ConnectAsync(cancellation)).Dispose();
            return (HealthAnswer.Healthy, _question, null);
        }
        catch (Exception failure)
        {
            var answer = AnswerOf(failure);
            if (answer == HealthAnswer.Unreachable) client.ResolveAgain();
            return (answer, $"{_question}: {CauseOf(failure, answer)}", IsOfTls(failure) ? TrustHint : null);
        }
    }

    private async Task<(HealthAnswer Answer, string Reason, string? Hint)> AskPathAsync(
        Uri path, CancellationToken cancellation)
    {
        using var response = await client.GetAsync(path, cancellation);
        if (response.StatusCode == HttpStatusCode.Unauthorized && !_wasUnauthorized)
        {
            _wasUnauthorized = true;
            log.Warn("health-unauthorized", ("hint", "set SIDECAR_UPSTREAM_KEY_FILE"));
        }
        var answer = response.IsSuccessStatusCode ? HealthAnswer.Healthy
            : response.StatusCode == HttpStatusCode.ServiceUnavailable ? HealthAnswer.NotReady
            : HealthAnswer.Odd;
        return (answer, $"{_question}: {(int)response.StatusCode}", null);
    }

    /// <summary>A model server that has accepted a connection is there, whatever came of it.</summary>
    private HealthAnswer AnswerOf(Exception failure) => failure switch
    {
        _ when client.IsConnecting => HealthAnswer.Unreachable,
        SocketException => HealthAnswer.Unreachable,
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError,
        } => HealthAnswer.Unreachable,
        _ => HealthAnswer.Silent,
    };

    private string CauseOf(Exception failure, HealthAnswer answer)
    {
        if (failure is OperationCanceledException)
            return answer == HealthAnswer.Silent ? "no answer in time" : "not connected in time";
        var cause = failure.InnerException ?? failure;
        // The runtime's code for a path that is not there; it has no other meaning for a Unix socket.
        if (cause is SocketException { SocketErrorCode: SocketError.AddressNotAvailable }
            && client.EndPoint is UnixDomainSocketEndPoint) return "No such file or directory";
        return IsOfTls(failure) ? $"the TLS handshake failed: {cause.Message}" : cause.Message;
    }

    private static bool IsOfTls(Exception failure) =>
        failure is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError };
}
