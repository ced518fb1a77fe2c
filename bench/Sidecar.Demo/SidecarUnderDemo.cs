using Sidecar.Testing;

namespace Sidecar.Demo;

/// <summary>The published binary as its own process on free ports, in front of the held model server.</summary>
public sealed class SidecarUnderDemo : IAsyncDisposable
{
    private readonly SidecarProcess _process;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    private SidecarUnderDemo(SidecarProcess process) => _process = process;

    public static async Task<SidecarUnderDemo> StartAsync(
        string binary, string upstream, IReadOnlyDictionary<string, string> settings) =>
        new(await SidecarProcess.StartAsync(binary, upstream,
        [
            ("SIDECAR_CONCURRENCY", "1"),
            // Its rare exceptions are not what is shown here.
            ("SIDECAR_OLDEST_EVERY", "0"),
            .. settings.Select(setting => (setting.Key, setting.Value)),
        ]));

    public async Task<QueueView> QueueAsync() => QueueView.Parse(await _process.Admin.TextAsync("/debug/queue"));

    /// <returns>The status of the answer.</returns>
    public async Task<int> SendAsync(string name, string? context, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_process.Url, "/v1/chat/completions"))
        {
            Content = new StringContent("""{"model":"demo","messages":[]}"""),
        };
        request.Headers.TryAddWithoutValidation(HeldUpstream.NameField, name);
        if (context is not null) request.Headers.TryAddWithoutValidation("X-Workload-Context", context);
        using var response = await _http.SendAsync(request, stop);
        return (int)response.StatusCode;
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return _process.DisposeAsync();
    }
}
