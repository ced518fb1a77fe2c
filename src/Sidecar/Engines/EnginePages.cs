using System.Net;
using Sidecar.Engines.Pages;
using Sidecar.Telemetry;

namespace Sidecar.Engines;

/// <summary>
/// Asks a model server for its page and its size, and finds out by looking which page that is. One question at a time;
/// an answer is waited for a second, and read up to 4 MiB. Whatever goes wrong, nothing is thrown: one warning tells.
/// </summary>
/// <remarks>Triton has its page on a port of its own, without TLS, which is looked at last.</remarks>
internal sealed class EnginePages(EngineClient client, Uri root, Log log, TimeProvider time)
{
    private const int BytesMax = 4 << 20;
    private const int TritonPort = 8002;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private readonly Uri[] _candidates =
    [
        new(root, "/metrics"), new(root, "/prometheus/metrics"),
        new UriBuilder(Uri.UriSchemeHttp, root.Host, TritonPort, "/metrics").Uri,
    ];

    private byte[] _buffer = [];
    private Uri? _found;
    private bool _hasWarned;

    /// <summary>The page's figures; null where there is none, or none that can be read: then all are looked at anew.
    /// </summary>
    internal async Task<EngineFigures?> ReadAsync(CancellationToken cancellation)
    {
        foreach (var page in _found is null ? _candidates : [_found])
        {
            if (await GetAsync(page, cancellation) is not { } length) continue;
            var fault = EnginePage.Read(_buffer.AsSpan(0, length), out var figures);
            if (fault is null)
            {
                if (_found is null) log.Info("engine-recognised", ("engine", figures.Engine), ("page", $"{page}"));
                (_found, _hasWarned) = (page, false);
                return figures;
            }
            if (_found is null) continue;
            if (!_hasWarned) log.Warn("engine-page", ("page", $"{page}"), ("reason", fault));
            _hasWarned = true;
        }
        Forget();
        return null;
    }

    /// <summary>0 where the model server does not say.</summary>
    internal async Task<int> ReadSizeAsync(CancellationToken cancellation) =>
        await GetAsync(new Uri(root, EngineSize.Path), cancellation) is { } length
            ? EngineSize.Of(_buffer.AsSpan(0, length))
            : 0;

    /// <summary>Another model server may be there now.</summary>
    internal void Forget() => _found = null;

    private async Task<int?> GetAsync(Uri url, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            using var response = await client.GetAsync(url, ending.Token);
            if (response.StatusCode != HttpStatusCode.OK) return null;
            if (_buffer.Length == 0) _buffer = new byte[BytesMax + 1];
            await using var body = await response.Content.ReadAsStreamAsync(ending.Token);
            var length = await body.ReadAtLeastAsync(_buffer, _buffer.Length, throwOnEndOfStream: false, ending.Token);
            return length > BytesMax ? null : length;
        }
        catch (Exception failure) when (
            failure is HttpRequestException or IOException or OperationCanceledException
                or System.Net.Sockets.SocketException)
        {
            return null;
        }
    }
}
