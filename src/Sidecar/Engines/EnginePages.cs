using System.Net;
using Sidecar.Engines.Pages;
using Sidecar.Telemetry;

namespace Sidecar.Engines;

/// <summary>
/// Asks a model server for its page and its size, and finds out by looking which page that is. One question at a time;
/// an answer is waited for a second, and read up to 4 MiB. Whatever goes wrong, nothing is thrown: one warning tells.
/// </summary>
internal sealed class EnginePages(EngineClient client, Uri root, Log log, TimeProvider time)
{
    private const int BytesMax = 4 << 20;

    private static readonly string[] Paths = ["/metrics", "/prometheus/metrics"];
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private readonly byte[] _buffer = new byte[BytesMax + 1];
    private string? _path;
    private bool _hasWarned;

    /// <summary>The page's figures; null where there is none, or none that can be read.</summary>
    internal async Task<EngineFigures?> ReadAsync(CancellationToken cancellation)
    {
        foreach (var path in _path is null ? Paths : [_path])
        {
            if (await GetAsync(path, cancellation) is not { } length) continue;
            var fault = EnginePage.Read(_buffer.AsSpan(0, length), out var figures);
            if (fault is null)
            {
                if (_path is null) log.Info("engine-recognised", ("engine", figures.Engine), ("page", path));
                (_path, _hasWarned) = (path, false);
                return figures;
            }
            if (_path is null) continue;
            if (!_hasWarned) log.Warn("engine-page", ("page", path), ("reason", fault));
            _hasWarned = true;
        }
        return null;
    }

    /// <summary>0 where the model server does not say.</summary>
    internal async Task<int> ReadSizeAsync(CancellationToken cancellation) =>
        await GetAsync(EngineSize.Path, cancellation) is { } length ? EngineSize.Of(_buffer.AsSpan(0, length)) : 0;

    /// <summary>Another model server may be there now.</summary>
    internal void Forget() => _path = null;

    private async Task<int?> GetAsync(string path, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            using var response = await client.GetAsync(new Uri(root, path), ending.Token);
            if (response.StatusCode != HttpStatusCode.OK) return null;
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
