using Sidecar.IntegrationTests.Harness;
using static Sidecar.Testing.Requests;

namespace Sidecar.IntegrationTests;

public class QueueLimitTests
{
    [Fact]
    public async Task FullQueue_Is429_WithReasonAndRetryAfter()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(
            upstream.EndPoint, ("SIDECAR_CONCURRENCY", "1"), ("SIDECAR_QUEUE_LIMIT", "1"));
        await sidecar.SendAsync(Post("running"));
        await upstream.NextAsync();
        await sidecar.SendAsync(Post("queued"));
        await sidecar.Admin.QueuedAsync(1);

        var answer = await (await sidecar.SendAsync(Post("refused"))).ReadMessageAsync();
        Assert.StartsWith("HTTP/1.1 429 ", answer);
        Assert.Contains("x-sidecar-reason: queue-full\r\n", answer);
        Assert.Matches("Retry-After: ([1-9]|[1-5][0-9]|60)\r\n", answer);
        Assert.Contains("{\"error\":{\"message\":\"", answer);
    }

    [Fact]
    public async Task ResponseThatWaited_TellsItsWait_AndOneThatDidNotTellsNone()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(upstream.EndPoint, ("SIDECAR_CONCURRENCY", "1"));
        var first = await sidecar.SendAsync(Post("running"));
        var running = await upstream.NextAsync();
        var second = await sidecar.SendAsync(Post("queued"));
        await sidecar.Admin.QueuedAsync(1);
        await running.AnswerAsync();
        await (await upstream.NextAsync()).AnswerAsync();

        Assert.DoesNotContain("Server-Timing", await first.ReadMessageAsync());
        Assert.Matches(@"Server-Timing: queue;dur=\d+\.\d\r\n", await second.ReadMessageAsync());
    }

    [Theory]
    [InlineData("GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("POST /tokenize HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")]
    public async Task BypassingRequest_NeverQueues(string request)
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(upstream.EndPoint, ("SIDECAR_CONCURRENCY", "1"));
        await sidecar.SendAsync(Post("running"));
        await upstream.NextAsync();
        var passing = await sidecar.SendAsync(request);

        await (await upstream.NextAsync()).AnswerAsync();
        Assert.StartsWith("HTTP/1.1 200 ", await passing.ReadMessageAsync());
        Assert.Equal(1, await sidecar.Admin.MetricAsync("sidecar_in_flight"));
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\nb\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400)]
    public async Task MalformedHead_IsRefused_AndNothingReachesTheModelServer(string request, int status)
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(upstream.EndPoint);

        Assert.StartsWith($"HTTP/1.1 {status} ", await (await sidecar.SendAsync(request)).ReadToEndAsync());
        await sidecar.SendAsync(Post("the next"));
        Assert.EndsWith("the next", (await upstream.NextAsync()).Request);
    }

    [Fact]
    public async Task OversizedHead_Is431()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(upstream.EndPoint);
        var client = await sidecar.SendAsync($"GET / HTTP/1.1\r\nHost: a\r\nX: {new string('x', 70_000)}\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 431 ", await client.ReadToEndAsync());
    }
}
