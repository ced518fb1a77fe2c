using Sidecar.IntegrationTests.Harness;
using static Sidecar.Testing.Requests;

namespace Sidecar.IntegrationTests.Faults;

/// <summary>Clients that begin a request and do not go on with it, or begin none.</summary>
public class SlowClientTests
{
    private const string Head = "POST /a HTTP/1.1\r\nHost: a\r\n";

    [Theory]
    [InlineData("P")]
    [InlineData(Head)]
    [InlineData($"{Head}Content-Length: 2\r\n\r")]
    public async Task SlowHead_Is408_AndTheConnectionEnds(string begun)
    {
        await using var scene = await FaultScene.StartAsync(("SIDECAR_HEAD_TIMEOUT", "300ms"));
        var client = await scene.Sidecar.SendAsync(begun);

        var (answer, isReset) = await client.ReadUntilOverAsync();
        AssertRefused(answer, "408 ", "head-timeout");
        Assert.False(isReset, "The answer's connection was reset.");
        await scene.OutcomeAsync("head-timeout");
        await scene.AssertCleanAsync();
    }

    /// <summary>From the first byte to the last: single bytes do not begin it anew.</summary>
    [Fact]
    public async Task HeadInSingleBytes_Is408()
    {
        await using var scene = await FaultScene.StartAsync(("SIDECAR_HEAD_TIMEOUT", "500ms"));
        var client = await scene.Sidecar.ConnectAsync();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var answer = client.ReadUntilOverAsync();
        var sent = 0;
        foreach (var octet in $"{Head}X: {new string('x', 400)}")
        {
            if (answer.IsCompleted) break;
            await client.SendAsync($"{octet}");
            sent++;
            await pace.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        AssertRefused((await answer).Text, "408 ", "head-timeout");
        Assert.True(sent < 400, "The head was let through.");
        await scene.AssertCleanAsync();
    }

    /// <summary>Held whole before it may queue, so it never has a permit.</summary>
    [Theory]
    [InlineData("Content-Length: 10\r\n\r\n", "")]
    [InlineData("Content-Length: 10\r\n\r\n", "abc")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n", "5\r\nabc")]
    public async Task SlowBody_Is408_AndNeverReachesTheModelServer(string rest, string body)
    {
        await using var scene = await FaultScene.StartAsync(("SIDECAR_CLIENT_STALL", "300ms"));
        var client = await scene.Sidecar.SendAsync(Head + rest + body);

        AssertRefused((await client.ReadUntilOverAsync()).Text, "408 ", "client-stalled");
        await scene.OutcomeAsync("client-stalled");
        await scene.AssertCleanAsync();
    }

    /// <summary>Larger than what is held: it is streamed, and a stall holds a permit until the stall time is over.
    /// </summary>
    [Fact]
    public async Task SlowStreamedBody_Is408_AndClosesTheUpstream()
    {
        await using var scene = await FaultScene.StartAsync(
            ("SIDECAR_CLIENT_STALL", "500ms"), ("SIDECAR_BODY_BUFFER", "32KiB"));
        scene.Upstream.ReadsBodies = false;
        var (client, arrival) = await scene.BeginAsync(
            $"{Head}Content-Length: 1000000\r\n\r\n{new string('x', 100_000)}");
        arrival.ReadOn();

        AssertRefused((await client.ReadUntilOverAsync()).Text, "408 ", "client-stalled");
        scene.Upstream.ReadsBodies = true;
        await scene.OutcomeAsync("client-stalled");
        await scene.AssertCleanAsync(arrival);
    }

    /// <summary>Nothing was asked, so nothing is answered: a 408 here would be taken for the next request's answer.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task IdleConnection_EndsSilently(bool afterARequest)
    {
        await using var scene = await FaultScene.StartAsync(("SIDECAR_IDLE", "1s"));
        var client = await scene.Sidecar.ConnectAsync();
        if (afterARequest)
        {
            await client.SendAsync(Post("served"));
            await (await scene.Upstream.NextAsync()).AnswerAsync();
            Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
        }

        Assert.Equal(("", false), await client.ReadUntilOverAsync());
        Assert.Equal(0, await scene.CountAsync("head-timeout"));
        await scene.AssertCleanAsync();
    }

    private static void AssertRefused(string answer, string status, string reason)
    {
        Assert.StartsWith($"HTTP/1.1 {status}", answer);
        Assert.Contains($"x-sidecar-reason: {reason}\r\n", answer);
        Assert.Contains("Connection: close\r\n", answer);
    }
}
