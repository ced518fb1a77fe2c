using Sidecar.Records;
using static Sidecar.Testing.Requests;

namespace Sidecar.Tests.Proxy.Relay;

public class RelayTests
{
    [Fact]
    public async Task Post_IsRelayedWithItsBody_AndAnswered()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Post("{\"a\":1}"));
        var upstream = await sidecar.Upstream.AcceptAsync();

        Assert.EndsWith("\r\n\r\n{\"a\":1}", await upstream.ReadMessageAsync());
        await upstream.SendAsync(Ok);
        Assert.Equal(Ok, await client.ReadMessageAsync());
        await sidecar.OutcomeAsync(Outcome.Completed);
    }

    [Fact]
    public async Task Connections_AreReused_OnBothSides()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        for (var i = 0; i < 3; i++)
        {
            await upstream.ReadMessageAsync();
            await upstream.SendAsync(Ok);
            await client.ReadMessageAsync();
            await client.SendAsync(Post($"{i}"));
        }
        await upstream.ReadMessageAsync();
        Assert.False(sidecar.Upstream.HasPending);
    }

    [Fact]
    public async Task Pieces_ReachTheClient_BeforeTheNextIsSent()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();

        await upstream.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        Assert.Contains("200 OK", await client.ReadHeadAsync());
        foreach (var piece in new[] { "data: 1\n\n", "data: 22\n\n", "data: 333\n\n" })
        {
            var chunk = $"{piece.Length:x}\r\n{piece}\r\n";
            await upstream.SendAsync(chunk);
            Assert.Equal(chunk, await client.ReadAsync(chunk.Length));
        }
        await upstream.SendAsync("0\r\n\r\n");
        Assert.Equal("0\r\n\r\n", await client.ReadAsync(5));
        await sidecar.OutcomeAsync(Outcome.Completed);
    }

    [Fact]
    public async Task ChunkExtensions_AreDropped_AndThePipelinedRequestBehindThemServed()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(
            "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3;x=y\r\nabc\r\n0\r\n\r\n" + Post("second"));
        var upstream = await sidecar.Upstream.AcceptAsync();

        Assert.EndsWith("\r\n\r\n3\r\nabc\r\n0\r\n\r\n", await upstream.ReadThroughAsync("0\r\n\r\n"));
        await upstream.SendAsync(Ok);
        Assert.EndsWith("second", await upstream.ReadMessageAsync());
        await upstream.SendAsync(Ok);
        Assert.Equal(Ok + Ok, await client.ReadAsync(2 * Ok.Length));
    }

    [Theory]
    [InlineData("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")]
    [InlineData("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("GET /x HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("GET /x HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n")]
    public async Task ResponsesWithoutBody_EndWithTheirHead(string request, string response)
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(request);
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        await upstream.SendAsync(response);
        Assert.Equal(response, await client.ReadHeadAsync());

        await client.SendAsync(Get);
        // A body that was announced may come all the same, and late: that connection is not used again.
        if (response.Contains("10", StringComparison.Ordinal))
        {
            Assert.Equal("", await upstream.ReadToEndAsync());
            upstream = await sidecar.Upstream.AcceptAsync();
        }
        await upstream.ReadHeadAsync();
    }

    [Fact]
    public async Task ResponseUntilClose_IsRelayed_AndClosesTheClientToo()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Get);
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        await upstream.SendAsync("HTTP/1.1 200 OK\r\n\r\nall of it");
        upstream.Socket.Close();

        var all = await client.ReadToEndAsync();
        Assert.Contains("Connection: close\r\n", all);
        Assert.EndsWith("\r\n\r\nall of it", all);
    }

    [Fact]
    public async Task OldClient_GetsChunksAsPayload_AndTheConnectionCloses()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync("GET /x HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        await upstream.SendAsync(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");

        var all = await client.ReadToEndAsync();
        Assert.EndsWith("\r\n\r\nabcde", all);
        Assert.DoesNotContain("chunked", all);
    }

    [Fact]
    public async Task InterimResponse_IsPassedOn_BeforeTheFinalOne()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Get);
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        await upstream.SendAsync("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + Ok);

        Assert.Contains("103 Early Hints", await client.ReadHeadAsync());
        Assert.Equal(Ok, await client.ReadMessageAsync());
    }

    /// <summary>RFC 9110 section 15.2: whether its final response comes with it or later.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task InterimResponse_IsNotForAnOldClient(bool isLater)
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync("GET /x HTTP/1.0\r\nHost: a\r\n\r\n");
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        var interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
        if (isLater) await upstream.SendAsync(interim);
        await upstream.SendAsync(isLater ? Ok : interim + Ok);

        var answer = await client.ReadToEndAsync();
        Assert.Equal("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok", answer);
    }

    [Fact]
    public async Task FaultAfterAnInterimResponse_IsStillAnsweredWith502()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Get);
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        await upstream.SendAsync("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
        await client.ReadHeadAsync();
        upstream.Socket.Close();

        Assert.StartsWith("HTTP/1.1 502 ", await client.ReadMessageAsync());
    }

    [Fact]
    public async Task LargeBodies_PassBothWays_Unchanged()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var body = string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i:d8} "));
        var client = await sidecar.ConnectAsync();
        var sending = client.SendAsync(Post(body));
        var upstream = await sidecar.Upstream.AcceptAsync();
        Assert.EndsWith(body, await upstream.ReadMessageAsync());
        await sending;

        var answering = upstream.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        Assert.EndsWith(body, await client.ReadMessageAsync());
        await answering;
        await sidecar.IdleAsync();
        Assert.Equal(0, sidecar.Server.HeldBodyBytes);
    }

    [Fact]
    public async Task BytesBehindAResponse_NeverReachTheNextOne()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        await upstream.SendAsync(Ok + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
        Assert.Equal(Ok, await client.ReadMessageAsync());

        await client.SendAsync(Post());
        var second = await sidecar.Upstream.AcceptAsync();
        await second.ReadMessageAsync();
        await second.SendAsync(Ok);
        Assert.Equal(Ok, await client.ReadMessageAsync());
    }

    [Fact]
    public async Task RestingConnection_IsNotUsedBeyondItsIdleTime()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        await upstream.SendAsync(Ok);
        await client.ReadMessageAsync();

        sidecar.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("", await upstream.ReadToEndAsync());
        await client.SendAsync(Post());
        await (await sidecar.Upstream.AcceptAsync()).ReadMessageAsync();
    }

    /// <summary>llama.cpp's server closes it a little later, without having said so.</summary>
    [Fact]
    public async Task ConnectionAfterAStream_IsNotUsedAtOnce()
    {
        const string stream = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n";
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Post());
        var first = await sidecar.Upstream.AcceptAsync();
        await first.ReadMessageAsync();
        await first.SendAsync(stream);
        await client.ReadThroughAsync("0\r\n\r\n");

        await client.SendAsync(Post());
        await (await sidecar.Upstream.AcceptAsync()).ReadMessageAsync();
    }
}
