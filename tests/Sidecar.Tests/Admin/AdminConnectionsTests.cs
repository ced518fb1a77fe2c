using System.Net;
using Microsoft.AspNetCore.Connections;
using Sidecar.Admin;
using Sidecar.Tests.Proxy;
using Sidecar.Transport.Kernel;

namespace Sidecar.Tests.Admin;

public class AdminConnectionsTests
{
    private const int Max = 4;

    private readonly AdminConnections _connections = new(Max);

    [Fact]
    public void OneTooMany_ClosesTheLongestSilent()
    {
        var all = Add(Max);
        all[0].Admin.Begin();
        all[0].Admin.End();

        var newest = Add(1)[0];
        Assert.Equal([1], Closed(all));
        Assert.False(newest.IsClosed);
        Add(1);
        Assert.Equal([1, 2], Closed(all));
        Assert.Equal(Max, _connections.Count);
    }

    [Fact]
    public void RequestUnderWay_StaysWhileAnotherIsSilent()
    {
        var busy = Add(Max - 1);
        foreach (var connection in busy) connection.Admin.Begin();
        var silent = Add(1);

        Add(1);
        Assert.Empty(Closed(busy));
        Assert.True(silent[0].IsClosed);
    }

    /// <summary>Readers that never end must not shut out who comes to ask.</summary>
    [Fact]
    public void WhereNoneIsSilent_TheOldestRequestGoes_AndNotTheNewest()
    {
        var all = Add(Max);
        foreach (var connection in all) connection.Admin.Begin();

        var newest = Add(1)[0];
        Assert.Equal([0], Closed(all));
        Assert.False(newest.IsClosed);
    }

    [Fact]
    public void WhoWaitsForTheDrain_Stays()
    {
        var all = Add(Max);
        foreach (var connection in all)
        {
            connection.Admin.Begin();
            connection.Admin.Hold();
        }

        Assert.True(Add(1)[0].IsClosed);
        Assert.Empty(Closed(all));
        all[2].Admin.End();
        Add(1);
        Assert.Equal([2], Closed(all));
    }

    [Fact]
    public void Flood_ClosesItsOwn()
    {
        var probe = Add(1, "10.0.0.1")[0];
        var flood = Add(100, "10.6.6.6");
        var other = Add(1, "10.0.0.2")[0];

        Assert.False(probe.IsClosed || other.IsClosed);
        Assert.Equal(Max - 2, flood.Count(connection => !connection.IsClosed));
    }

    [Fact]
    public async Task ClosedByItsClient_IsCountedNoMore()
    {
        var all = Add(Max);
        all[0].End();
        await ProxyHarness.UntilAsync(() => _connections.Count == Max - 1);

        Add(1);
        Assert.Empty(Closed(all));
    }

    [Fact]
    public void LastDescriptors_CloseOneBelowTheBoundToo()
    {
        var all = Add(2);
        Add(1, descriptor: DescriptorLimit.Current - 4);
        Assert.Empty(Closed(all));

        Add(1, descriptor: DescriptorLimit.Current - 3);
        Assert.Equal([0], Closed(all));
        // The number that became free is a low one, and no more are left than before.
        Add(1, descriptor: 5);
        Assert.Equal([0, 1], Closed(all));
    }

    private Connection[] Add(int count, string address = "10.0.0.1", int descriptor = 0)
    {
        var added = Enumerable.Range(0, count).Select(_ => new Connection(address)).ToArray();
        foreach (var connection in added) _connections.Add(connection, descriptor);
        return added;
    }

    private static int[] Closed(Connection[] all) =>
        [.. Enumerable.Range(0, all.Length).Where(i => all[i].IsClosed)];

    private sealed class Connection : DefaultConnectionContext
    {
        private readonly CancellationTokenSource _end = new();

        internal Connection(string address)
        {
            RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 40_000);
            ConnectionClosed = _end.Token;
        }

        internal bool IsClosed { get; private set; }

        internal AdminConnection Admin => Features.Get<AdminConnection>()!;

        internal void End() => _end.Cancel();

        public override void Abort(ConnectionAbortedException abortReason) => IsClosed = true;
    }
}
