using Sidecar.IntegrationTests.Harness;
using static Sidecar.Testing.Requests;

namespace Sidecar.IntegrationTests.Faults;

/// <summary>The model server closes a connection that had rested over 1 s just as it is used again.</summary>
public class ResendTests
{
    // What has to pass before a broken connection counts as one that rested.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(1300);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ClosedWithoutAByte_IsSentOnceMore_OnANewConnection(bool byReset)
    {
        await using var scene = await StartAsync("on");
        var (client, reused) = await ReuseAfterRestAsync(scene);
        BreakOff(reused, byReset);
        var again = await scene.Upstream.NextAsync();
        Assert.Equal("second", again.Body);
        Assert.NotSame(reused.Peer, again.Peer);
        Assert.Equal(1, await scene.Sidecar.Admin.MetricAsync("sidecar_in_flight"));
        await again.AnswerAsync();

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
        await scene.AssertCleanAsync(reused);
    }

    [Fact]
    public async Task ClosedAgain_Is502_AndNeverSentAThirdTime()
    {
        await using var scene = await StartAsync("on");
        var (client, reused) = await ReuseAfterRestAsync(scene);
        BreakOff(reused, byReset: false);
        var again = await scene.Upstream.NextAsync();
        BreakOff(again, byReset: false);

        AssertBroken(await client.ReadMessageAsync());
        await scene.AssertCleanAsync(reused, again);
    }

    [Fact]
    public async Task SwitchedOff_Is502()
    {
        await using var scene = await StartAsync("off");
        var (client, reused) = await ReuseAfterRestAsync(scene);
        BreakOff(reused, byReset: false);

        AssertBroken(await client.ReadMessageAsync());
        await scene.AssertCleanAsync(reused);
    }

    /// <summary>A model server that has said a byte has taken the request up.</summary>
    [Theory]
    [InlineData("H")]
    [InlineData("HTTP/1.1 103 Early Hints\r\n\r\n")]
    public async Task ClosedAfterAByte_Is502(string said)
    {
        await using var scene = await StartAsync("on");
        var (client, reused) = await ReuseAfterRestAsync(scene);
        await reused.AnswerAsync(said);
        if (said != "H") await client.ReadHeadAsync();
        BreakOff(reused, byReset: false);

        AssertBroken(await client.ReadMessageAsync());
        await scene.AssertCleanAsync(reused);
    }

    /// <summary>One that had just answered was not closed for its rest: it may have taken the request up.</summary>
    [Fact]
    public async Task ClosedWithoutARest_Is502()
    {
        await using var scene = await StartAsync("on");
        var (client, first) = await scene.BeginAsync(Post("first"));
        await first.AnswerAsync();
        await client.ReadMessageAsync();
        await client.SendAsync(Post("second"));
        var reused = await scene.Upstream.NextAsync();
        Assert.Same(first.Peer, reused.Peer);
        BreakOff(reused, byReset: false);

        AssertBroken(await client.ReadMessageAsync());
        await scene.AssertCleanAsync(reused);
    }

    private static async Task<FaultScene> StartAsync(string resend)
    {
        var scene = await FaultScene.StartAsync(("SIDECAR_RESEND", resend));
        await AdminClient.UntilAsync(
            async () => await scene.Sidecar.Admin.MetricAsync("sidecar_upstream_healthy") == 1, "health");
        return scene;
    }

    /// <summary>A second request that has reached the model server on the connection of the first.</summary>
    private static async Task<(TestPeer Client, Arrival Reused)> ReuseAfterRestAsync(FaultScene scene)
    {
        var (client, first) = await scene.BeginAsync(Post("first"));
        await first.AnswerAsync();
        await client.ReadMessageAsync();
        await Task.Delay(Rest, TestContext.Current.CancellationToken);
        await client.SendAsync(Post("second"));
        var reused = await scene.Upstream.NextAsync();
        Assert.Same(first.Peer, reused.Peer);
        return (client, reused);
    }

    private static void BreakOff(Arrival arrival, bool byReset)
    {
        if (byReset) arrival.Peer.Reset();
        else arrival.Peer.EndSending();
    }

    private static void AssertBroken(string answer)
    {
        Assert.StartsWith("HTTP/1.1 502 ", answer);
        Assert.Contains("x-sidecar-reason: upstream-broken\r\n", answer);
    }
}
