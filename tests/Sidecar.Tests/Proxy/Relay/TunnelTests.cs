using Sidecar.Records;
using static Sidecar.Testing.Requests;

namespace Sidecar.Tests.Proxy.Relay;

public class TunnelTests
{
    private const string Offer =
        "GET /v1/realtime HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Key: abc\r\n\r\n";

    private const string Switch =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: xyz\r\n\r\n";

    [Fact]
    public async Task SwitchedProtocol_IsRelayedBothWays_AndHoldsItsPermitToTheEnd()
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1);
        var (client, upstream) = await SwitchAsync(sidecar);

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync($"up{i}\0\n");
            Assert.Equal($"up{i}\0\n", await upstream.ReadAsync(5));
            await upstream.SendAsync($"down{i}\0\n");
            Assert.Equal($"down{i}\0\n", await client.ReadAsync(7));
        }
        Assert.Equal(1, sidecar.Gate.InFlight);
        var second = await sidecar.SendAsync(Post());
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 1);

        client.EndSending();
        Assert.Equal("", await upstream.ReadToEndAsync());
        await upstream.SendAsync("last");
        upstream.EndSending();
        Assert.Equal("last", await client.ReadToEndAsync());
        await sidecar.OutcomeAsync(Outcome.Completed);
        var next = await sidecar.Upstream.AcceptAsync();
        await next.ReadMessageAsync();
        await next.SendAsync(Ok);
        Assert.Contains("200 OK", await second.ReadMessageAsync());
        await sidecar.IdleAsync();
    }

    [Fact]
    public async Task WhatEitherSideSentAhead_IsNotLost()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Offer + "early");
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        await upstream.SendAsync(Switch + "greeting");

        await client.ReadHeadAsync();
        Assert.Equal("greeting", await client.ReadAsync(8));
        Assert.Equal("early", await upstream.ReadAsync(5));
    }

    [Fact]
    public async Task LargeAmounts_ComeWhole()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var (client, upstream) = await SwitchAsync(sidecar);
        var text = string.Concat(Enumerable.Range(0, 400_000).Select(i => $"{i % 10}"));

        var sending = Task.WhenAll(client.SendAsync(text), upstream.SendAsync(text));
        Assert.Equal(text, await upstream.ReadAsync(text.Length));
        Assert.Equal(text, await client.ReadAsync(text.Length));
        await sending;
    }

    [Fact]
    public async Task DeclinedOffer_IsAnOrdinaryAnswer()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Offer + Get);
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        await upstream.SendAsync(Ok);
        Assert.StartsWith("GET /v1/models", await upstream.ReadHeadAsync());
        await upstream.SendAsync(Ok);

        Assert.Equal(Ok + Ok, await client.ReadAsync(2 * Ok.Length));
    }

    [Theory]
    [InlineData(Get, Switch)]
    [InlineData(Offer, "HTTP/1.1 101 Switching Protocols\r\nConnection: close\r\n\r\n")]
    public async Task SwitchThatWasNotAskedFor_OrToNothing_IsMalformed(string request, string answer)
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(request);
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        await upstream.SendAsync(answer);

        Assert.Contains("upstream-malformed", await client.ReadMessageAsync());
        Assert.Equal("", await upstream.ReadToEndAsync());
        await sidecar.IdleAsync();
    }

    [Theory]
    [InlineData(true, Outcome.ClientLeftRunning)]
    [InlineData(false, Outcome.UpstreamBroken)]
    public async Task Reset_EndsTheOtherSideToo(bool byClient, Outcome outcome)
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var (client, upstream) = await SwitchAsync(sidecar);
        (byClient ? client : upstream).Reset();

        Assert.Equal("", await (byClient ? upstream : client).ReadToEndAsync());
        await sidecar.OutcomeAsync(outcome);
        await sidecar.IdleAsync();
    }

    [Fact]
    public async Task HalfClosedTunnel_EndsAfterTheStallTime()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var (client, upstream) = await SwitchAsync(sidecar);
        client.EndSending();
        await upstream.ReadToEndAsync();
        sidecar.Time.Advance(TimeSpan.FromSeconds(29));
        for (var i = 0; i < 2; i++)
        {
            // Whoever is answered meanwhile shows that the reactor has seen the time.
            Assert.StartsWith("HTTP/1.1 400 ", await (await sidecar.SendAsync("nothing\r\n\r\n")).ReadToEndAsync());
        }
        await upstream.SendAsync("late");
        Assert.Equal("late", await client.ReadAsync(4));
        sidecar.Time.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal("", await client.ReadToEndAsync());
        await sidecar.OutcomeAsync(Outcome.ClientStalled);
        await sidecar.IdleAsync();
    }

    private static async Task<(TestPeer Client, TestPeer Upstream)> SwitchAsync(ProxyHarness sidecar)
    {
        var client = await sidecar.SendAsync(Offer);
        var upstream = await sidecar.Upstream.AcceptAsync();
        var head = await upstream.ReadHeadAsync();
        Assert.Contains("Upgrade: websocket\r\n", head);
        Assert.Contains("Connection: Upgrade\r\n", head);
        Assert.Contains("Sec-WebSocket-Key: abc\r\n", head);
        await upstream.SendAsync(Switch);
        var answer = await client.ReadHeadAsync();
        Assert.Contains("Connection: Upgrade\r\n", answer);
        Assert.Contains("Sec-WebSocket-Accept: xyz\r\n", answer);
        return (client, upstream);
    }
}
