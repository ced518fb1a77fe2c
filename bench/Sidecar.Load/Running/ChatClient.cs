using System.Net;
using System.Text;
using HdrHistogram;
using Sidecar.Load.Arrivals;

namespace Sidecar.Load.Running;

/// <summary>Sends chat completions of OpenAI's API and times what comes back. Safe for any number of requests at
/// once: each opens a connection.</summary>
public sealed class ChatClient : IDisposable
{
    private const string ContextField = "X-Workload-Context";
    private readonly HttpClient _http;
    private readonly Uri _completions;
    private readonly RunOptions _options;
    private readonly Func<long> _nowTicks;

    /// <param name="nowTicks">The run's clock; 100 ns.</param>
    public ChatClient(Uri target, RunOptions options, Func<long> nowTicks)
    {
        _http = new HttpClient(new SocketsHttpHandler
        {
            // Each request comes from a user of its own, so it gets a connection of its own. Reuse would also lose
            // requests to llama.cpp's server, which closes a connection without notice after 100 requests.
            PooledConnectionLifetime = TimeSpan.Zero,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        })
        { Timeout = Timeout.InfiniteTimeSpan };
        _completions = new Uri(target, "/v1/chat/completions");
        _options = options;
        _nowTicks = nowTicks;
    }

    /// <returns>Never throws but for <paramref name="stop"/>: a fault of the connection is a lost answer.</returns>
    public async Task<ChatAnswer> SendAsync(
        Arrival arrival, RequestClass requestClass, HistogramBase interToken, CancellationToken stop)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _completions)
            {
                Content = new StringContent(Body(arrival), Encoding.UTF8, "application/json"),
            };
            request.Headers.TryAddWithoutValidation(ContextField, requestClass.Context);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            if (response.StatusCode != HttpStatusCode.OK)
                return new ChatAnswer((int)response.StatusCode, 0, 0, _nowTicks());
            await using var body = await response.Content.ReadAsStreamAsync(stop);
            return _options.Stream
                ? await ReadEventsAsync(body, interToken, stop)
                : await ReadWholeAsync(body, stop);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return new ChatAnswer(ClassTally.Lost, 0, 0, _nowTicks());
        }
    }

    public void Dispose() => _http.Dispose();

    private string Body(Arrival arrival)
    {
        var usage = _options.Stream ? ",\"stream_options\":{\"include_usage\":true}" : "";
        var prompt = new string('x', arrival.PromptTokens);
        // ignore_eos (llama.cpp, vLLM, SGLang) makes every answer as long as asked for, so that the load is known.
        return $$"""
            {"model":"{{_options.Model}}","messages":[{"role":"user","content":"{{prompt}}"}],
            "max_tokens":{{arrival.AnswerTokens}},"ignore_eos":true,
            "stream":{{(_options.Stream ? "true" : "false")}}{{usage}}}
            """;
    }

    private async Task<ChatAnswer> ReadEventsAsync(Stream body, HistogramBase interToken, CancellationToken stop)
    {
        using var lines = new StreamReader(body, Encoding.UTF8, false, 4096);
        long firstTicks = 0, lastTicks = 0, events = 0;
        long? counted = null;
        while (await lines.ReadLineAsync(stop) is { } line)
        {
            if (!line.StartsWith("data:", StringComparison.Ordinal)) continue;
            var nowTicks = _nowTicks();
            if (line.AsSpan(5).Trim() is "[DONE]")
                return new ChatAnswer(200, counted ?? events, events == 0 ? nowTicks : firstTicks, nowTicks);
            counted = TokenUsage.Find(line) ?? counted;
            if (!line.Contains("\"content\":\"", StringComparison.Ordinal)) continue;
            if (events++ == 0) firstTicks = nowTicks;
            else ClassTally.Record(interToken, nowTicks - lastTicks);
            lastTicks = nowTicks;
        }
        return new ChatAnswer(ClassTally.Lost, events, firstTicks, _nowTicks());
    }

    private async Task<ChatAnswer> ReadWholeAsync(Stream body, CancellationToken stop)
    {
        using var reader = new StreamReader(body, Encoding.UTF8);
        var text = await reader.ReadToEndAsync(stop);
        var nowTicks = _nowTicks();
        return new ChatAnswer(200, TokenUsage.Find(text) ?? 0, nowTicks, nowTicks);
    }
}
