using Sidecar.Records;
using Sidecar.Telemetry;
using static Sidecar.Testing.Requests;

namespace Sidecar.Tests.Proxy.Relay;

public class ResendTests
{
    [Fact]
    public async Task RefusedSecondConnect_IsTheEnd_AndNotTheQueue()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        sidecar.BeHealthy();
        var (client, rested) = await RestAsync(sidecar, seconds: 2);
        await client.SendAsync(Post());
        await rested.ReadMessageAsync();
        sidecar.Upstream.StopListening();
        rested.Socket.Close();

        Assert.Contains("upstream-broken", await client.ReadMessageAsync());
        Assert.Equal(0, sidecar.Gate.Queued);
        await sidecar.IdleAsync();
    }

    /// <summary>It may have been taken up: the queue is not for it, and the one more try is its last.</summary>
    [Fact]
    public async Task GateThatClosesBeforeTheSecondSend_DoesNotHoldItBack()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        sidecar.BeHealthy();
        var (client, rested) = await RestAsync(sidecar, seconds: 2);
        await client.SendAsync(Post("once"));
        await rested.ReadThroughAsync("once");
        sidecar.Engine.OnRefused("another request");
        rested.Socket.Close();

        var fresh = await sidecar.Upstream.AcceptAsync();
        Assert.EndsWith("once", await fresh.ReadMessageAsync());
        await fresh.SendAsync(Ok);
        Assert.Equal(Ok, await client.ReadMessageAsync());
        Assert.Equal((0, false), (sidecar.Instruments.Returns.Value, sidecar.Gate.IsOpen));
    }

    [Theory]
    [InlineData("a short rest")]
    [InlineData("a late break")]
    [InlineData("a byte of an answer")]
    [InlineData("no health")]
    [InlineData("switched off")]
    [InlineData("a body that is not at hand")]
    public async Task OtherBreaks_AreNotRepaired(string why)
    {
        await using var sidecar = await ProxyHarness.StartAsync(
            configure: options => options with { Resends = why != "switched off" });
        if (why != "no health") sidecar.BeHealthy();
        var (client, rested) = await RestAsync(sidecar, seconds: why == "a short rest" ? 1 : 2);
        var isLarge = why == "a body that is not at hand";
        await client.SendAsync(isLarge ? Post(new string('x', 1 << 20)) : Post());
        await rested.ReadHeadAsync();
        await rested.ReadAsync(isLarge ? 1 << 20 : 2);
        if (why == "a late break") sidecar.Time.Advance(TimeSpan.FromMilliseconds(150));
        if (why == "a byte of an answer") await rested.SendAsync("H");
        rested.Socket.Close();

        Assert.Contains("upstream-broken", await client.ReadMessageAsync());
        Assert.Equal(0, sidecar.Instruments.Resends.Value);
        await sidecar.OutcomeAsync(Outcome.UpstreamBroken);
        await sidecar.IdleAsync();
    }

    /// <summary>A client, and a connection to the model server that has rested.</summary>
    private static async Task<(TestPeer Client, TestPeer Rested)> RestAsync(ProxyHarness sidecar, int seconds)
    {
        var client = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        await upstream.SendAsync(Ok);
        await client.ReadMessageAsync();
        await sidecar.IdleAsync();
        sidecar.Time.Advance(TimeSpan.FromSeconds(seconds));
        return (client, upstream);
    }
}
