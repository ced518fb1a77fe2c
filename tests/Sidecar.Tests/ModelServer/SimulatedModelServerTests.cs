using System.Net;
using System.Text;
using System.Text.Json;
using Sidecar.ModelServer;
using Sidecar.Tests.Proxy;

namespace Sidecar.Tests.ModelServer;

public class SimulatedModelServerTests
{
    private const string Chat = "/v1/chat/completions";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WholeChat_HasTextAndUsage_AndIsTheSameUnderTheSameSeed()
    {
        var texts = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            await using var server = await StartAsync();
            using var client = Client(server);
            using var json = await PostAsync(client, Chat, """{"model":"m","messages":[{}],"max_tokens":5}""");
            Assert.Equal(5, json.RootElement.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
            Assert.Equal("m", json.RootElement.GetProperty("model").GetString());
            var message = json.RootElement.GetProperty("choices")[0].GetProperty("message");
            texts.Add(message.GetProperty("content").GetString()!);
        }

        Assert.Equal(texts[0], texts[1]);
        Assert.Equal(5, texts[0].Split(' ').Length);
    }

    [Fact]
    public async Task Stream_ComesAsEvents_WithUsage_AndEndsWithDone()
    {
        await using var server = await StartAsync();
        using var client = Client(server);
        using var content = Json(
            """{"prompt":"hi","max_tokens":3,"stream":true,"stream_options":{"include_usage":true}}""");
        using var response = await client.PostAsync("/v1/completions", content, Cancellation);
        var events = (await response.Content.ReadAsStringAsync(Cancellation))
            .Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(3 + 1 + 1 + 1, events.Length);
        Assert.All(events, text => Assert.StartsWith("data: ", text));
        Assert.Contains("\"finish_reason\":\"length\"", events[3]);
        Assert.Contains("\"completion_tokens\":3", events[4]);
        Assert.Equal("data: [DONE]", events[5]);
    }

    [Theory]
    [InlineData("POST", Chat, "{", HttpStatusCode.BadRequest)]
    [InlineData("POST", Chat, "[]", HttpStatusCode.BadRequest)]
    [InlineData("POST", Chat, "{}", HttpStatusCode.BadRequest)]
    [InlineData("POST", Chat, """{"messages":1}""", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/v1/models", "{}", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/v2", "{}", HttpStatusCode.NotFound)]
    public async Task BadRequests_GetAnErrorObject(string method, string path, string body, HttpStatusCode status)
    {
        await using var server = await StartAsync();
        using var client = Client(server);
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = Json(body) };
        using var response = await client.SendAsync(request, Cancellation);

        Assert.Equal(status, response.StatusCode);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        Assert.NotEmpty(json.RootElement.GetProperty("error").GetProperty("message").GetString()!);
    }

    /// <summary>The first answer would never end: the second is given only once the one slot is free.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ClientThatLeaves_FreesItsSlot(bool isReset)
    {
        await using var server = await StartAsync(
            new ModelServerOptions { Slots = 1, TokensPerSecond = 200, TokensMax = int.MaxValue });
        const string body = """{"messages":[],"stream":true,"max_tokens":2000000000}""";
        using var leaving = await TestPeer.ConnectAsync(server.EndPoint);
        await leaving.SendAsync($"POST {Chat} HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        await leaving.ReadThroughAsync("data: ");
        if (isReset) leaving.Reset();
        else leaving.Socket.Close();

        using var client = Client(server);
        using var json = await PostAsync(client, Chat, """{"messages":[],"max_tokens":1}""");
        Assert.Equal(1, json.RootElement.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        var page = await client.GetStringAsync("/metrics", Cancellation);
        Assert.Contains("vllm:num_requests_running{model_name=\"simulated\"} 0\n", page);
    }

    [Fact]
    public async Task ModelsAndHealth_Answer()
    {
        await using var server = await StartAsync();
        using var client = Client(server);

        Assert.Contains("\"simulated\"", await client.GetStringAsync("/v1/models", Cancellation));
        Assert.Equal("{}", await client.GetStringAsync("/health", Cancellation));
    }

    private static Task<SimulatedModelServer> StartAsync(ModelServerOptions? options = null) =>
        SimulatedModelServer.StartAsync(
            options ?? new ModelServerOptions { IsInstant = true }, new IPEndPoint(IPAddress.Loopback, 0),
            TimeProvider.System);

    private static HttpClient Client(SimulatedModelServer server) =>
        new() { BaseAddress = new Uri($"http://{server.EndPoint}") };

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task<JsonDocument> PostAsync(HttpClient client, string path, string body)
    {
        using var content = Json(body);
        using var response = await client.PostAsync(path, content, Cancellation);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
    }
}
