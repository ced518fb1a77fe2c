using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Sidecar.Telemetry;
using Sidecar.Upstream;

namespace Sidecar.Engines;

/// <summary>
/// The way to ask the model server something for the sidecar itself: its health, its gauges. By the runtime's own
/// client, off the reactors; connects to the upstream, whatever host a URL names, at its port. One question at a time.
/// </summary>
public sealed class EngineClient : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    private readonly UpstreamAddresses _addresses;
    private readonly string? _key;
    private readonly Log _log;
    private readonly HttpClient _client;
    private Task _resolving = Task.CompletedTask;
    private volatile bool _isConnecting;

    /// <param name="addresses">Where the model server is; resolved anew by <see cref="ResolveAgain"/>.</param>
    /// <param name="key">Bearer token that goes with each question, or null.</param>
    /// <param name="authoritiesFile">PEM: who is trusted for https; null: whom this machine trusts.</param>
    /// <param name="log">Is told of names that cannot be resolved.</param>
    public EngineClient(UpstreamAddresses addresses, string? key, string? authoritiesFile, Log log)
    {
        (_addresses, _key, _log) = (addresses, key, log);
        _client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = Trust(authoritiesFile),
            ConnectCallback = async (context, cancellation) =>
                new NetworkStream(await ConnectAsync(context.DnsEndPoint.Port, cancellation), ownsSocket: true),
            ConnectTimeout = ConnectTimeout,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2),
        });
    }

    public EndPoint EndPoint => _addresses.EndPoint;

    /// <summary>The last question has found nobody yet who accepts its connection.</summary>
    internal bool IsConnecting => _isConnecting;

    /// <summary>Returns with the response's head; the caller disposes of it.</summary>
    /// <exception cref="HttpRequestException">Not connected, or no answer that is one.</exception>
    internal async Task<HttpResponseMessage> GetAsync(Uri url, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (_key is not null) request.Headers.Authorization = new("Bearer", _key);
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    /// <exception cref="SocketException">Nobody accepts.</exception>
    internal Task<Socket> ConnectAsync(CancellationToken cancellation) => ConnectAsync(port: null, cancellation);

    /// <param name="port">Another one than the upstream's; of no account for a Unix socket.</param>
    /// <param name="cancellation">Gives up.</param>
    private async Task<Socket> ConnectAsync(int? port, CancellationToken cancellation)
    {
        _isConnecting = true;
        var endPoint = _addresses.EndPoint switch
        {
            IPEndPoint ip when port is { } other => new IPEndPoint(ip.Address, other),
            DnsEndPoint name when port is { } other => new DnsEndPoint(name.Host, other),
            var upstream => upstream,
        };
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

    /// <summary>
    /// A model server behind a name may have moved. Goes on beside the questions: a resolver may be slow.
    /// </summary>
    internal void ResolveAgain()
    {
        if (_resolving.IsCompleted) _resolving = ResolveAgainAsync();
    }

    public void Dispose() => _client.Dispose();

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

    private SslClientAuthenticationOptions Trust(string? authoritiesFile)
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
