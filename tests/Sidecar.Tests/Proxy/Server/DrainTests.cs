using Sidecar.Proxy.Server;
using Sidecar.Records;
using Sidecar.Telemetry;
using static Sidecar.Testing.Requests;

namespace Sidecar.Tests.Proxy.Server;

public class DrainTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100), Long = TimeSpan.FromHours(1);

    /// <summary>The drain's own: to everything else no time passes.</summary>
    private readonly WatchedTime _time = new();

    [Fact]
    public async Task Timeout_Answers_WhateverHasNoByteOfAnAnswer()
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 2);
        var begun = await sidecar.SendAsync(Post("begun"));
        var streaming = await sidecar.Upstream.AcceptAsync();
        await streaming.ReadMessageAsync();
        await streaming.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
        await begun.ReadThroughAsync("abc");
        var running = await sidecar.SendAsync(Post("running"));
        var silent = await sidecar.Upstream.AcceptAsync();
        await silent.ReadMessageAsync();
        var queued = await sidecar.SendAsync(Post("queued"));
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 1);

        Assert.Equal(3, await EndAsync(Begin(sidecar, TimeSpan.Zero, Short)));
        foreach (var client in (TestPeer[])[running, queued])
        {
            var (answer, isReset) = await client.ReadUntilOverAsync();
            Assert.StartsWith("HTTP/1.1 503 ", answer);
            Assert.Contains("x-sidecar-reason: draining\r\n", answer);
            Assert.Contains("Retry-After: ", answer, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("Connection: close\r\n", answer, StringComparison.OrdinalIgnoreCase);
            Assert.False(isReset, "An answered client's connection was reset.");
        }
        Assert.Equal(("", true), await begun.ReadUntilOverAsync());
        await sidecar.OutcomeAsync(Outcome.Draining, 3);
        await sidecar.IdleAsync();
        Assert.False(sidecar.Upstream.HasPending, "What waited was sent on to the model server in the last moment.");
    }

    [Fact]
    public async Task Delay_OfAServerThatNobodyRoutesTo_EndsWhenNothingIsUnderWay()
    {
        await using var sidecar = await ProxyHarness.StartAsync();

        Assert.Equal(0, await Begin(sidecar, Long, Long, endsIdleDelay: true)
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Delay_OfAServerThatNobodyRoutesTo_WaitsForWhatIsUnderWay()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();

        var drain = Begin(sidecar, Long, Long, endsIdleDelay: true);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((true, false), (sidecar.State.Draining, sidecar.State.Closing));
        await upstream.SendAsync(Ok);
        Assert.Contains("200 OK", await client.ReadMessageAsync());
        Assert.Equal(0, await EndAsync(drain));
    }

    [Fact]
    public async Task Delay_OfAServerThatIsRoutedTo_IsSatOut()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var idle = await sidecar.SendAsync(Get);
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        await upstream.SendAsync(Ok);
        await idle.ReadMessageAsync();
        await sidecar.IdleAsync();
        var drain = Begin(sidecar, Long, Long);
        _time.Advance(Long - TimeSpan.FromSeconds(1));
        Assert.False(sidecar.State.Closing);

        Assert.Equal(0, await EndAsync(drain));
        Assert.True(sidecar.State.Closing);
        Assert.Equal("", await idle.ReadToEndAsync());
    }

    /// <summary>No time passes but the delay.</summary>
    [Fact]
    public async Task Timeout_IncludesTheDelay()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Post());
        await (await sidecar.Upstream.AcceptAsync()).ReadMessageAsync();
        var drain = Begin(sidecar, Long, Long);
        _time.Advance(Long);

        Assert.Contains("x-sidecar-reason: draining\r\n", await client.ReadMessageAsync());
        Assert.Equal(1, await EndAsync(drain));
    }

    /// <summary>The process must not end while its last answers are still being read.</summary>
    [Fact]
    public async Task ClientThatIsAnsweredLast_HasASecondToLeave()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Post());
        await (await sidecar.Upstream.AcceptAsync()).ReadMessageAsync();
        var drain = Begin(sidecar, TimeSpan.Zero, TimeSpan.Zero);
        await ProxyHarness.UntilAsync(() => _time.Waits.Length > 0);
        Assert.False(drain.IsCompleted);
        Assert.Contains("x-sidecar-reason: draining\r\n", await client.ReadMessageAsync());

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await drain.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
    }

    private Task<int> Begin(
        ProxyHarness sidecar, TimeSpan delay, TimeSpan timeout, bool endsIdleDelay = false)
    {
        var options = new DrainOptions(delay, timeout, endsIdleDelay);
        return new Drain(sidecar.Server, sidecar.State, options, Log.Silent, _time).RunAsync();
    }

    /// <summary>Lets the drain's time pass until it is over.</summary>
    private async Task<int> EndAsync(Task<int> drain)
    {
        await ProxyHarness.UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            return drain.IsCompleted;
        });
        return await drain;
    }
}
