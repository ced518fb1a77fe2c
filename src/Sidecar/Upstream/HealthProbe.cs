using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Sidecar.Admission;
using Sidecar.Lifecycle;
using Sidecar.Telemetry;

namespace Sidecar.Upstream;

/// <summary>
/// Asks the model server's health path every second, every 250 ms while the gate is closed, and at once when somebody
/// has doubts; opens the gate again.
/// Two failures turn the state, one success turns it back. A loop of its own on the thread pool, off the reactors.
/// </summary>
public sealed class HealthProbe(
    UpstreamAddresses addresses, HealthProbeOptions options, Gate gate, SidecarState state, Log log, TimeProvider time)
    : IDisposable
{
    private const int FailuresToTurn = 2;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1), ClosedPeriod = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        SslOptions = Trust(options.AuthoritiesFile),
        ConnectCallback = (_, cancellation) => ConnectAsync(addresses.EndPoint, cancellation),
        UseProxy = false,
        AllowAutoRedirect = false,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2),
    });

    private int _failures = FailuresToTurn;
    private bool _wasRefused;
    private string _reason = "";

    /// <summary>Asks until cancelled; throws nothing.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var asked = state.HealthAskedAsync();
            var isHealthy = await IsHealthyAsync(cancellation);
            // An answer that was given before somebody had doubts says nothing to them.
            if (isHealthy && asked.IsCompleted) continue;
            Note(isHealthy);
            using var rest = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(asked, Task.Delay(gate.IsOpen ? Period : ClosedPeriod, time, rest.Token));
            await rest.CancelAsync();
        }
    }

    public void Dispose() => _client.Dispose();

    private void Note(bool isHealthy)
    {
        _failures = isHealthy ? 0 : _failures + 1;
        if (isHealthy && !gate.IsOpen)
        {
            log.Info("gate-opened");
            gate.Open();
        }
        var wasHealthy = state.UpstreamHealthy;
        if (isHealthy) state.UpstreamHealthy = true;
        else if (_failures >= FailuresToTurn) state.UpstreamHealthy = false;
        if (wasHealthy == state.UpstreamHealthy) return;
        if (isHealthy) log.Info("upstream-healthy");
        else log.Warn("upstream-unhealthy", ("reason", _reason));
    }

    private async Task<bool> IsHealthyAsync(CancellationToken cancellation)
    {
        try
        {
            using var patience = new CancellationTokenSource(Patience, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
            using var request = new HttpRequestMessage(HttpMethod.Get, options.Url);
            if (options.Key is { } key) request.Headers.Authorization = new("Bearer", key);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            if (response.StatusCode == HttpStatusCode.Unauthorized && !_wasRefused)
            {
                _wasRefused = true;
                log.Warn("health-unauthorized", ("hint", "set SIDECAR_UPSTREAM_KEY_FILE"));
            }
            _reason = $"status {(int)response.StatusCode}";
            return response.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            _reason = (failure.InnerException ?? failure).Message;
            await ResolveAgainAsync(cancellation);
            return false;
        }
    }

    /// <summary>A model server behind a name may have moved.</summary>
    private async Task ResolveAgainAsync(CancellationToken cancellation)
    {
        try
        {
            await addresses.ResolveAsync(cancellation);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            log.Write(LogLevel.Debug, "upstream-not-resolved", ("error", failure.Message));
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

    private static async ValueTask<Stream> ConnectAsync(EndPoint endPoint, CancellationToken cancellation)
    {
        var isUnix = endPoint is UnixDomainSocketEndPoint;
        var socket = isUnix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
