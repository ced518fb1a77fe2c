using Sidecar.IntegrationTests.Harness;
using static Sidecar.Testing.Requests;

namespace Sidecar.IntegrationTests.Faults;

/// <summary>The model server closes (FIN) or resets (RST) its connection: before, within and after head and body.
/// </summary>
public class ModelServerBreaksTests
{
    private const string Length = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
    private const string Chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    private const string UntilClose = "HTTP/1.1 200 OK\r\n\r\n";

    [Theory]
    [InlineData("", false)]
    [InlineData("", true)]
    [InlineData("HTTP/1.1 20", false)]
    [InlineData("HTTP/1.1 20", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n", true)]
    public async Task BeforeTheHeadEnds_Is502_AndTheClientStays(string said, bool byReset)
    {
        await using var scene = await FaultScene.StartAsync();
        var (client, arrival) = await scene.BeginAsync(Post("fault"));
        if (said != "") await arrival.AnswerAsync(said);
        BreakOff(arrival, byReset);

        await AssertBrokenAsync(await client.ReadMessageAsync(), scene);
        await client.SendAsync(Post("again"));
        await (await scene.Upstream.NextAsync()).AnswerAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
        await scene.AssertCleanAsync(arrival);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AfterAnInterimResponse_Is502(bool byReset)
    {
        await using var scene = await FaultScene.StartAsync();
        var (client, arrival) = await scene.BeginAsync(Post("fault"));
        await arrival.AnswerAsync("HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 103 ", await client.ReadHeadAsync());
        BreakOff(arrival, byReset);

        await AssertBrokenAsync(await client.ReadMessageAsync(), scene);
        await scene.AssertCleanAsync(arrival);
    }

    [Theory]
    [InlineData(Length, "", false)]
    [InlineData(Length, "", true)]
    [InlineData(Length, "abc", false)]
    [InlineData(Length, "abc", true)]
    [InlineData(Chunked, "", false)]
    [InlineData(Chunked, "", true)]
    [InlineData(Chunked, "3\r\nabc\r\n", false)]
    [InlineData(Chunked, "3\r\nabc\r\n", true)]
    [InlineData(Chunked, "5\r\nabc", false)]
    [InlineData(Chunked, "5\r\nabc", true)]
    [InlineData(Chunked, "3\r\nabc\r\n0\r\n", false)]
    [InlineData(Chunked, "3\r\nabc\r\n0\r\n", true)]
    [InlineData(UntilClose, "", true)]
    [InlineData(UntilClose, "abc", true)]
    public async Task BehindTheHead_ResetsTheClient(string head, string body, bool byReset)
    {
        await using var scene = await FaultScene.StartAsync();
        var (client, arrival) = await scene.BeginAsync(Post("fault"));
        await arrival.AnswerAsync(head + body);
        var relayed = await client.ReadHeadAsync() + await client.ReadThroughAsync(body.Contains("abc") ? "abc" : "");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", relayed);
        BreakOff(arrival, byReset);

        var (rest, isReset) = await client.ReadUntilOverAsync();
        Assert.DoesNotContain("0\r\n\r\n", rest);
        Assert.True(isReset, "The client was shown an orderly end.");
        await scene.OutcomeAsync("upstream-broken");
        await scene.AssertCleanAsync(arrival);
    }

    /// <summary>A client of HTTP/1.0 gets the bare payload, whose end is that of the connection.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WithinChunks_ClientOfHttp10_CanTellToo(bool byReset)
    {
        await using var scene = await FaultScene.StartAsync();
        var (client, arrival) = await scene.BeginAsync("POST /a HTTP/1.0\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}");
        await arrival.AnswerAsync($"{Chunked}3\r\nabc\r\n");
        await client.ReadThroughAsync("\r\n\r\nabc");
        BreakOff(arrival, byReset);

        Assert.Equal(("", true), await client.ReadUntilOverAsync());
        await scene.AssertCleanAsync(arrival);
    }

    /// <summary>Where the head says nothing else, the end of the connection is the end of the body.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    public async Task UntilClose_IsComplete_WhenTheModelServerCloses(string body)
    {
        await using var scene = await FaultScene.StartAsync();
        var (client, arrival) = await scene.BeginAsync(Post("fault"));
        await arrival.AnswerAsync(UntilClose + body);
        BreakOff(arrival, byReset: false);

        var (answer, isReset) = await client.ReadUntilOverAsync();
        Assert.Contains("Connection: close\r\n", answer);
        Assert.EndsWith($"\r\n\r\n{body}", answer);
        Assert.False(isReset, "A complete answer ended with a reset.");
        await scene.OutcomeAsync("completed");
        await scene.AssertCleanAsync(arrival);
    }

    [Fact]
    public async Task BeforeTheHead_ThePipelinedNextIsServed()
    {
        await using var scene = await FaultScene.StartAsync();
        var (client, arrival) = await scene.BeginAsync(Post("first") + Post("second"));
        BreakOff(arrival, byReset: true);
        var second = await scene.Upstream.NextAsync();
        Assert.Equal("second", second.Body);
        await second.AnswerAsync();

        await AssertBrokenAsync(await client.ReadMessageAsync(), scene);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
        await scene.AssertCleanAsync(arrival);
    }

    [Fact]
    public async Task WithinTheBody_ThePipelinedNextIsNotSent()
    {
        await using var scene = await FaultScene.StartAsync();
        var (client, arrival) = await scene.BeginAsync(Post("first") + Post("second"));
        await arrival.AnswerAsync($"{Length}abc");
        await client.ReadThroughAsync("abc");
        BreakOff(arrival, byReset: false);

        Assert.Equal(("", true), await client.ReadUntilOverAsync());
        await scene.AssertCleanAsync(arrival);
    }

    private static void BreakOff(Arrival arrival, bool byReset)
    {
        if (byReset) arrival.Peer.Reset();
        else arrival.Peer.EndSending();
    }

    private static async Task AssertBrokenAsync(string answer, FaultScene scene)
    {
        Assert.StartsWith("HTTP/1.1 502 ", answer);
        Assert.Contains("x-sidecar-reason: upstream-broken\r\n", answer);
        await scene.OutcomeAsync("upstream-broken");
    }
}
