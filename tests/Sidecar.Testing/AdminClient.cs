using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Sidecar.Testing;

/// <summary>What the admin port tells.</summary>
public sealed class AdminClient(IPEndPoint admin) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60), Pause = TimeSpan.FromMilliseconds(5);

    private readonly HttpClient _client = new() { BaseAddress = new Uri($"http://{Reachable(admin)}") };

    public IPEndPoint EndPoint => admin;

    /// <param name="series">As it stands on the page, labels included.</param>
    public async Task<double> MetricAsync(string series)
    {
        var page = await _client.GetStringAsync("/metrics");
        var line = page.Split('\n').Single(text => text.StartsWith($"{series} ", StringComparison.Ordinal));
        return double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture);
    }

    public async Task<JsonElement> QueueAsync()
    {
        using var json = JsonDocument.Parse(await _client.GetStringAsync("/debug/queue"));
        return json.RootElement.Clone();
    }

    public async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var response = await _client.GetAsync(path);
        return response.StatusCode;
    }

    public async Task<string> TextAsync(string path)
    {
        using var response = await _client.GetAsync(path);
        return await response.Content.ReadAsStringAsync();
    }

    public Task QueuedAsync(int count) => UntilAsync(
        async () => (await QueueAsync()).GetProperty("queued").GetInt32() == count, $"{count} queued");

    public Task IdleAsync() => UntilAsync(
        async () =>
        {
            var queue = await QueueAsync();
            return queue.GetProperty("queued").GetInt32() == 0 && queue.GetProperty("in_flight").GetInt32() == 0;
        },
        "nothing queued or in flight");

    /// <summary>Asks again and again, since a page tells only how things stand.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            if (patience.IsCancellationRequested) throw new TimeoutException($"In vain waited for {what}.");
            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    public void Dispose() => _client.Dispose();

    private static IPEndPoint Reachable(IPEndPoint admin) =>
        admin.Address.Equals(IPAddress.Any) || admin.Address.Equals(IPAddress.IPv6Any)
            ? new IPEndPoint(IPAddress.Loopback, admin.Port)
            : admin;
}
