using Sidecar.IntegrationTests.Harness;
using static Sidecar.Testing.Requests;

namespace Sidecar.IntegrationTests.Faults;

/// <summary>What the model server sends is no response, or more than one.</summary>
public class MalformedAnswerTests
{
    [Theory]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    [InlineData("HTTP/2 200\r\n\r\n")]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 2\n\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nBad Field: 1\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA: 1\r\n B: folded\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")]
    public async Task Head_Is502_AndTheClientStays(string said)
    {
        await using var scene = await FaultScene.StartAsync();
        var (client, arrival) = await scene.BeginAsync(Post("fault"));
        await arrival.AnswerAsync(said);

        var answer = await client.ReadMessageAsync();
        Assert.StartsWith("HTTP/1.1 502 ", answer);
        Assert.Contains("x-sidecar-reason: upstream-malformed\r\n", answer);
        await client.SendAsync(Post("again"));
        await (await scene.Upstream.NextAsync()).AnswerAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
        await scene.OutcomeAsync("upstream-malformed");
        await scene.AssertCleanAsync(arrival);
    }

    [Fact]
    public async Task HeadWithoutEnd_Is502_AtTheLimit()
    {
        await using var scene = await FaultScene.StartAsync(("SIDECAR_HEAD_LIMIT", "4KiB"));
        var (client, arrival) = await scene.BeginAsync(Post("fault"));
        await arrival.AnswerAsync($"HTTP/1.1 200 OK\r\nA: {new string('a', 8192)}");

        var answer = await client.ReadMessageAsync();
        Assert.StartsWith("HTTP/1.1 502 ", answer);
        Assert.Contains("x-sidecar-reason: upstream-malformed\r\n", answer);
        await scene.AssertCleanAsync(arrival);
    }

    [Theory]
    [InlineData("zz\r\n")]
    [InlineData("-1\r\n")]
    [InlineData("3\r\nabcd\r\n")]
    [InlineData("fffffffffffffffff\r\n")]
    [InlineData("0\r\nBad Trailer: 1\r\n\r\n")]
    public async Task Chunk_ResetsTheClient(string chunk)
    {
        await using var scene = await FaultScene.StartAsync();
        var (client, arrival) = await scene.BeginAsync(Post("fault"));
        await arrival.AnswerAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        await client.ReadThroughAsync("abc\r\n");
        await arrival.AnswerAsync(chunk);

        var (rest, isReset) = await client.ReadUntilOverAsync();
        Assert.DoesNotContain("0\r\n\r\n", rest);
        Assert.True(isReset, "The client was shown an orderly end.");
        await scene.OutcomeAsync("upstream-malformed");
        await scene.AssertCleanAsync(arrival);
    }

    /// <summary>Bytes that no response announced never reach the next one; they come at once or while it rests.
    /// </summary>
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", false)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", true)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", false)]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 40\r\n\r\n", true)]
    [InlineData("HTTP/1.1 304 Not Modified\r\nETag: 1\r\n\r\n", false)]
    public async Task SurplusBytes_EndTheConnection_AndReachNobody(string answer, bool atOnce)
    {
        const string Surplus = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen";
        await using var scene = await FaultScene.StartAsync();
        var (client, arrival) = await scene.BeginAsync(Post("fault"));
        await arrival.AnswerAsync(answer + (atOnce ? Surplus : ""));
        Assert.StartsWith(answer[..12], await client.ReadHeadAsync());
        if (!atOnce)
        {
            await scene.Sidecar.Admin.IdleAsync();
            await arrival.AnswerAsync(Surplus);
        }

        await arrival.Closed.WaitAsync(FaultScene.Patience, TestContext.Current.CancellationToken);
        await client.SendAsync(Post("again"));
        await (await scene.Upstream.NextAsync()).AnswerAsync("HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\nmine");
        var rest = await client.ReadThroughAsync("mine");
        Assert.Contains("HTTP/1.1 201 Created\r\n", rest);
        Assert.DoesNotContain("stolen", rest);
        await scene.AssertCleanAsync(arrival);
    }

    [Fact]
    public async Task BodyBehindHead_IsNoAnswerToTheNext()
    {
        await using var scene = await FaultScene.StartAsync();
        var (client, arrival) = await scene.BeginAsync("HEAD /v1/models HTTP/1.1\r\nHost: a\r\n\r\n");
        await arrival.AnswerAsync("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen");

        Assert.Contains("Content-Length: 6\r\n", await client.ReadHeadAsync());
        await client.SendAsync(Get);
        await (await scene.Upstream.NextAsync()).AnswerAsync();
        Assert.Equal(Ok, await client.ReadMessageAsync());
        await scene.AssertCleanAsync(arrival);
    }
}
