using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Sidecar.Telemetry;
using Sidecar.Upstream;

namespace Sidecar.Engines;

/// <summary>
/// Asks the model server's health path once, or for a connection alone; one question at a time. By the runtime's own
/// client, off the reactors.
/// </summary>
internal sealed class HealthRequest : IDisposable
{
    private const string TrustHint = "requests wait; SIDECAR_UPSTREAM_CA_FILE names who may vouch for its certificate";

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    private readonly UpstreamAddresses _addresses;
    private readonly HealthProbeOptions _options;
    private readonly Log _log;
    private readonly HttpClient _client;
    private readonly string _question;
    private Task _resolving = Task.CompletedTask;
    private volatile bool _isConnecting;
    private bool _wasUnauthorized;

    internal HealthRequest(UpstreamAddresses addresses, HealthProbeOptions options, Log log)
    {
        (_addresses, _options, _log) = (addresses, options, log);
        _client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = Trust(options.AuthoritiesFile),
            ConnectCallback = async (_, cancellation) => new NetworkStream(await ConnectAsync(cancellation), true),
            ConnectTimeout = ConnectTimeout,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2),
        });
        var place = addresses.EndPoint is UnixDomainSocketEndPoint unix ? $" at unix:{unix}" : "";
        _question = options.Url is null ? $"connect to {addresses.EndPoint}" : $"GET {options.Url}{place}";
    }

    /// <summary>
    /// The answer, and for people what was asked and what came, and what may help. Cancelled: what was known till then.
    /// </summary>
    internal async Task<(HealthAnswer Answer, string Reason, string? Hint)> AskAsync(CancellationToken cancellation)
    {
        try
        {
            if (_options.Url is not null) return await AskPathAsync(cancellation);
            (await ConnectAsync(cancellation)).Dispose();
            return (HealthAnswer.Healthy, _question, null);
        }
        catch (Exception failure)
        {
            var answer = AnswerOf(failure);
            // Beside the looks: a resolver may be slow, and the gate may be closed.
            if (answer == HealthAnswer.Unreachable && _resolving.IsCompleted) _resolving = ResolveAgainAsync();
            return (answer, $"{_question}: {CauseOf(failure, answer)}", IsOfTls(failure) ? TrustHint : null);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<(HealthAnswer Answer, string Reason, string? Hint)> AskPathAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _options.Url);
        if (_options.Key is { } key) request.Headers.Authorization = new("Bearer", key);
        using var response = await _client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.StatusCode == HttpStatusCode.Unauthorized && !_wasUnauthorized)
        {
            _wasUnauthorized = true;
            _log.Warn("health-unauthorized", ("hint", "set SIDECAR_UPSTREAM_KEY_FILE"));
        }
        var answer = response.IsSuccessStatusCode ? HealthAnswer.Healthy
            : response.StatusCode == HttpStatusCode.ServiceUnavailable ? HealthAnswer.NotReady
            : HealthAnswer.Odd;
        return (answer, $"{_question}: {(int)response.StatusCode}", null);
    }

    /// <summary>Whoever has accepted a connection is there, whatever came of it.</summary>
    private HealthAnswer AnswerOf(Exception failure) => failure switch
    {
        _ when _isConnecting => HealthAnswer.Unreachable,
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
            && _addresses.EndPoint is UnixDomainSocketEndPoint) return "No such file or directory";
        return IsOfTls(failure) ? $"the TLS handshake failed: {cause.Message}" : cause.Message;
    }

    private static bool IsOfTls(Exception failure) =>
        failure is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError };

    private async Task<Socket> ConnectAsync(CancellationToken cancellation)
    {
        _isConnecting = true;
        var endPoint = _addresses.EndPoint;
        var socket = endPoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellation);
            _isConnecting = false;
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A model server behind a name may have moved.</summary>
    private async Task ResolveAgainAsync()
    {
        try
        {
            using var timeout = new CancellationTokenSource(ConnectTimeout);
            await _addresses.ResolveAsync(timeout.Token);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            _log.Write(LogLevel.Debug, "upstream-not-resolved", ("error", failure.Message));
        }
    }

    private static SslClientAuthenticationOptions Trust(string? authoritiesFile)
    {
        if (authoritiesFile is null) return new SslClientAuthenticationOptions();
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(authoritiesFile);
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }
}
