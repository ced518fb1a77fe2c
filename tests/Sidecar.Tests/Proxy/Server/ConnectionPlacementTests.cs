using System.Net.Sockets;
using Sidecar.Telemetry;
using Sidecar.Tests.Telemetry;
using static Sidecar.Testing.Requests;

namespace Sidecar.Tests.Proxy.Server;

public class ConnectionPlacementTests
{
    private const int Threads = 4;

    /// <summary>One place for each of the threads would be more than one, and two for each fewer than eleven.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(11)]
    public async Task Limit_HoldsForAllThreadsTogether(int limit)
    {
        await using var sidecar = await ProxyHarness.StartAsync(
            threads: Threads, configure: options => options with { ConnectionLimit = limit });
        var clients = new List<TestPeer>();
        for (var i = 0; i < limit; i++) clients.Add(await sidecar.ConnectAsync());
        await ProxyHarness.UntilAsync(() => sidecar.Server.ConnectionCount == limit);

        // Each closes an idle one of them all, on whichever thread it is.
        for (var i = 0; i < 20; i++)
        {
            clients.Add(await sidecar.ConnectAsync());
            await ProxyHarness.UntilAsync(() => clients.Any(HasEnded));
            Assert.Equal(1, clients.RemoveAll(HasEnded));
            Assert.Equal(limit, sidecar.Server.ConnectionCount);
        }
        Assert.Equal(0, sidecar.Instruments.ConnectionsRefused.Value);
    }

    [Fact]
    public async Task Limit_ClosesTheLongestIdle_OfWhicheverThread()
    {
        await using var sidecar = await ProxyHarness.StartAsync(
            threads: Threads, configure: options => options with { ConnectionLimit = Threads });
        var clients = new List<TestPeer>();
        for (var i = 0; i < Threads; i++)
        {
            clients.Add(await sidecar.ConnectAsync());
            await ProxyHarness.UntilAsync(() => sidecar.Server.ConnectionCount == i + 1);
            // Nothing is under way that could be cut: when it is over, each thread has opened what it was given.
            await sidecar.Server.CutAsync();
            sidecar.Time.Advance(TimeSpan.FromSeconds(1));
        }
        foreach (var client in clients)
        {
            await sidecar.ConnectAsync();
            Assert.Equal("", await client.ReadToEndAsync());
            Assert.Equal(Threads, sidecar.Server.ConnectionCount);
        }
    }

    [Fact]
    public async Task Limit_WhereNoThreadHasAnIdleOne_RefusesTheNewOne()
    {
        await using var sidecar = await ProxyHarness.StartAsync(
            threads: Threads, configure: options => options with { ConnectionLimit = 3 });
        for (var i = 0; i < 3; i++)
        {
            await sidecar.SendAsync(Get);
            await (await sidecar.Upstream.AcceptAsync()).ReadHeadAsync();
        }
        var refused = await sidecar.ConnectAsync();

        Assert.Equal("", await refused.ReadToEndAsync());
        // It is closed before it is counted.
        await ProxyHarness.UntilAsync(() => sidecar.Instruments.ConnectionsRefused.Value == 1);
        Assert.Equal(3, sidecar.Server.ConnectionCount);
    }

    [Fact]
    public async Task RefusedOnes_AreTold_TheFirstAtOnce_AndTheRestWithinTenSeconds()
    {
        var output = new LinesWriter();
        await using var log = new Log(output, LogLevel.Info, LogFormat.Text, TimeProvider.System);
        await using var sidecar = await ProxyHarness.StartAsync(
            configure: options => options with { ConnectionLimit = 1 }, log: log);
        await sidecar.SendAsync(Get);
        await (await sidecar.Upstream.AcceptAsync()).ReadHeadAsync();
        for (var i = 0; i < 3; i++) await (await sidecar.ConnectAsync()).ReadUntilOverAsync();
        await ProxyHarness.UntilAsync(() => sidecar.Instruments.ConnectionsRefused.Value == 3);

        await ProxyHarness.UntilAsync(() => output.Of("connection-refused").Length == 1);
        sidecar.Time.Advance(TimeSpan.FromSeconds(10));
        await ProxyHarness.UntilAsync(() => output.Of("connection-refused").Length == 2);
        Assert.Equal(["limit=1  count=1", "limit=1  count=2"], output.Of("connection-refused"));
    }

    /// <summary>What it has not sent yet is no request; what it has begun to send need not be answered.</summary>
    [Fact]
    public async Task ClientWithHalfAHead_ClosesAtOnce_AndLeavesItsPlace()
    {
        await using var sidecar = await ProxyHarness.StartAsync(
            configure: options => options with { ConnectionLimit = 1 });
        var half = await sidecar.SendAsync("GET / HTTP/1.1\r\nHost");
        await ProxyHarness.UntilAsync(() => sidecar.Server.ConnectionCount == 1);
        // Its bytes have been read by the time that another is served.
        var served = await sidecar.SendAsync(Get);
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.SendAsync(Ok);

        Assert.Equal(Ok, await served.ReadMessageAsync());
        await half.ReadUntilOverAsync();
        Assert.Equal(1, sidecar.Server.ConnectionCount);
    }

    private static bool HasEnded(TestPeer client) => client.Socket.Poll(0, SelectMode.SelectRead);
}
