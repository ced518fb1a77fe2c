using Sidecar.Transport;

namespace Sidecar.Upstream;

/// <summary>
/// The resting connections of one reactor to the model server, newest first. Bounded by the requests in flight; used on
/// the reactor's thread.
/// </summary>
public sealed class UpstreamPool : IChannelOwner, IReactorDuty
{
    private const long SecondTicks = TimeSpan.TicksPerSecond;

    private readonly UpstreamOptions _options;
    private readonly List<UpstreamConnection> _resting = [];

    public UpstreamPool(Reactor reactor, UpstreamOptions options, UpstreamAddresses addresses)
    {
        (Reactor, _options, Addresses) = (reactor, options, addresses);
        reactor.AddDuty(this);
    }

    public Reactor Reactor { get; }

    public UpstreamAddresses Addresses { get; }

    public UpstreamOptions Options => _options;

    public int RestingCount => _resting.Count;

    /// <summary>The connection that rested least, if one is fit for use.</summary>
    public UpstreamConnection? TryRent(IChannelOwner owner)
    {
        while (_resting.Count > 0)
        {
            var connection = _resting[^1];
            _resting.RemoveAt(_resting.Count - 1);
            if (IsFit(connection, Reactor.NowTicks))
            {
                connection.Channel.Owner = owner;
                connection.UseCount++;
                return connection;
            }
            connection.Channel.Close();
        }
        return null;
    }

    /// <summary>Puts a connection to rest after a response that ended as announced.</summary>
    /// <param name="connection">Rented from this pool or newly connected.</param>
    /// <param name="keepAliveSeconds">What the response's Keep-Alive field gave as timeout; -1: nothing.</param>
    /// <param name="keepAliveMax">The requests it allows on one connection; -1: nothing.</param>
    public void Return(UpstreamConnection connection, int keepAliveSeconds, int keepAliveMax)
    {
        var now = Reactor.NowTicks;
        connection.RestsSinceTicks = now;
        // A second of margin: the model server counts from when it sent, and may be early by its own clock's grain.
        if (keepAliveSeconds >= 0) connection.ClosesAtTicks = now + Math.Max(0, keepAliveSeconds - 1) * SecondTicks;
        var isUsedUp = keepAliveMax >= 0 && connection.UseCount >= keepAliveMax;
        if (isUsedUp || !connection.IsUsable(now))
        {
            connection.Channel.Close();
            return;
        }
        connection.Channel.Owner = this;
        _resting.Add(connection);
    }

    /// <summary>A resting connection that says anything is over; it leaves the list at the next look.</summary>
    public void OnChannelEvent(SocketChannel channel)
    {
        if (channel.PeerClosed || channel.CanReceive) channel.Close();
    }

    public void OnSweep(long nowTicks)
    {
        // The oldest lie in front, but a shorter announced timeout may lie anywhere.
        var kept = 0;
        for (var i = 0; i < _resting.Count; i++)
        {
            if (IsFit(_resting[i], nowTicks)) _resting[kept++] = _resting[i];
            else _resting[i].Channel.Close();
        }
        _resting.RemoveRange(kept, _resting.Count - kept);
    }

    private bool IsFit(UpstreamConnection connection, long nowTicks) =>
        connection.IsUsable(nowTicks) && nowTicks - connection.RestsSinceTicks < _options.IdleTicks;
}
