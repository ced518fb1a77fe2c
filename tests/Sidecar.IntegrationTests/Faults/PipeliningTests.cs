using Sidecar.IntegrationTests.Harness;
using static Sidecar.Testing.Requests;

namespace Sidecar.IntegrationTests.Faults;

/// <summary>Requests that a client sends ahead of the answers (RFC 9112 section 9.3.2).</summary>
public class PipeliningTests
{
    private static readonly string[] Bodies =
        ["first", new string('b', 3000), "", new string('d', 200_000), "fifth"];

    /// <summary>The fourth is longer than a buffer, so that the fifth lies behind a body that had to be streamed.
    /// </summary>
    [Theory]
    [InlineData("1MiB")]
    [InlineData("32KiB")]
    public async Task FiveInOneWrite_AreAnsweredInOrder(string bodyBuffer)
    {
        await using var scene = await FaultScene.StartAsync(("SIDECAR_BODY_BUFFER", bodyBuffer));
        var client = await scene.Sidecar.ConnectAsync();
        var sending = client.SendAsync(string.Concat(Bodies.Select(body => Post(body))));
        for (var i = 0; i < Bodies.Length; i++)
        {
            var arrival = await scene.Upstream.NextAsync();
            Assert.Equal(Bodies[i], arrival.Body);
            Assert.False(scene.Upstream.HasPending, "The next request was sent before this one was answered.");
            await arrival.AnswerAsync($"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nanswer {i}");
        }
        for (var i = 0; i < Bodies.Length; i++) Assert.EndsWith($"answer {i}", await client.ReadMessageAsync());
        await sending;
        await scene.OutcomeAsync("completed", Bodies.Length);
        await scene.AssertCleanAsync();
    }

    /// <summary>In the place of the lost answer stands one of the sidecar's own; no other moves up.</summary>
    [Fact]
    public async Task FaultInTheMiddle_TakesItsOwnPlaceOnly()
    {
        await using var scene = await FaultScene.StartAsync();
        var client = await scene.Sidecar.SendAsync(string.Concat(Bodies.Take(3).Select(body => Post(body))));
        await (await scene.Upstream.NextAsync()).AnswerAsync();
        var lost = await scene.Upstream.NextAsync();
        Assert.Equal(Bodies[1], lost.Body);
        lost.Peer.Reset();
        var third = await scene.Upstream.NextAsync();
        Assert.Equal(Bodies[2], third.Body);
        await third.AnswerAsync();

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
        Assert.StartsWith("HTTP/1.1 502 ", await client.ReadMessageAsync());
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
        await scene.AssertCleanAsync(lost);
    }

    /// <summary>What follows a malformed request is nobody's: it is neither sent nor answered.</summary>
    [Fact]
    public async Task MalformedInTheMiddle_EndsTheConnectionBehindItsRefusal()
    {
        await using var scene = await FaultScene.StartAsync();
        var client = await scene.Sidecar.SendAsync($"{Post("first")}GET / HTTP/1.1\r\n\r\n{Post("third")}");
        await (await scene.Upstream.NextAsync()).AnswerAsync();

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
        var (rest, _) = await client.ReadUntilOverAsync();
        Assert.StartsWith("HTTP/1.1 400 ", rest);
        Assert.Single(rest.Split("HTTP/1.1 ").Skip(1));
        await scene.AssertCleanAsync();
    }
}
