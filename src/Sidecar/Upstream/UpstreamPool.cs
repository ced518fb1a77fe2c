using Sidecar.Transport;
using Sidecar.Transport.Kernel;

namespace Sidecar.Upstream;

/// <summary>The resting connections of one reactor to the model server, newest first. Bounded by the requests in
/// flight; used on the reactor's thread.</summary>
/// <remarks>
/// llama.cpp's server closes a connection up to some 30 ms after a streamed answer, without having said so; a request
/// that is sent in between is lost. So a connection rests on probation after a streamed answer, until enough of them
/// have survived theirs to show that this model server keeps what it does not announce to close.
/// </remarks>
internal sealed class UpstreamPool : IChannelOwner, IReactorDuty
{
    private const long SecondTicks = TimeSpan.TicksPerSecond;
    private const long ProbationTicks = TimeSpan.TicksPerSecond / 10;
    private const int TrustAfter = 8;

    private readonly List<UpstreamConnection> _resting = [];
    private int _survivedInARow;

    public UpstreamPool(Reactor reactor, UpstreamOptions options, UpstreamAddresses addresses)
    {
        (Reactor, Options, Addresses) = (reactor, options, addresses);
        reactor.AddDuty(this);
    }

    public Reactor Reactor { get; }

    public UpstreamAddresses Addresses { get; }

    public UpstreamOptions Options { get; }

    /// <summary>Connections have descriptors below this number.</summary>
    internal int DescriptorsMax { get; } = DescriptorLimit.FirstForAdmin;

    public int RestingCount => _resting.Count;

    /// <summary>The connection that rested least, if one is fit for use.</summary>
    public UpstreamConnection? TryRent(IChannelOwner owner)
    {
        Reactor.AssertCurrent();
        var now = Reactor.NowTicks;
        for (var i = _resting.Count - 1; i >= 0; i--)
        {
            var connection = _resting[i];
            if (connection.ProbationEndsTicks > now) continue;
            _resting.RemoveAt(i);
            if (IsFit(connection, now))
            {
                connection.Channel.Owner = owner;
                connection.UseCount++;
                connection.RestedTicks = now - connection.RestsSinceTicks;
                return connection;
            }
            connection.Channel.Close();
        }
        return null;
    }

    /// <summary>Puts a connection to rest after a response that ended as announced.</summary>
    /// <param name="connection">Rented from this pool or newly connected.</param>
    /// <param name="keepAliveSeconds">What the response's Keep-Alive field gave as timeout; -1: nothing.</param>
    /// <param name="keepAliveMax">The requests that the field allows on one connection; -1: nothing.</param>
    /// <param name="wasStreamed">The response came in chunks.</param>
    public void Return(UpstreamConnection connection, int keepAliveSeconds, int keepAliveMax, bool wasStreamed)
    {
        Reactor.AssertCurrent();
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
        connection.ProbationEndsTicks = wasStreamed && _survivedInARow < TrustAfter ? now + ProbationTicks : 0;
        _resting.Add(connection);
    }

    /// <summary>Closes a resting connection on which anything comes; the next look takes it off the list.</summary>
    public void OnChannelEvent(SocketChannel channel)
    {
        if (!channel.PeerClosed && channel.CheckSilent()) return;
        foreach (var connection in _resting)
        {
            if (connection.Channel == channel && Reactor.NowTicks - connection.RestsSinceTicks < ProbationTicks)
                _survivedInARow = 0;
        }
        channel.Close();
    }

    /// <summary>When the first resting connection has to be closed, or its probation ends.</summary>
    public long NextDueTicks
    {
        get
        {
            var due = long.MaxValue;
            foreach (var connection in _resting)
            {
                var restEndsTicks = connection.RestsSinceTicks + Options.IdleTicks;
                due = Math.Min(due, Math.Min(connection.ClosesAtTicks, restEndsTicks));
                if (connection.ProbationEndsTicks > 0) due = Math.Min(due, connection.ProbationEndsTicks);
            }
            return due;
        }
    }

    public void OnSweep(long nowTicks)
    {
        // The oldest lie in front, but a shorter announced timeout may lie anywhere.
        var kept = 0;
        for (var i = 0; i < _resting.Count; i++)
        {
            EndProbation(_resting[i], nowTicks);
            if (IsFit(_resting[i], nowTicks)) _resting[kept++] = _resting[i];
            else _resting[i].Channel.Close();
        }
        _resting.RemoveRange(kept, _resting.Count - kept);
    }

    private void EndProbation(UpstreamConnection connection, long nowTicks)
    {
        if (connection.ProbationEndsTicks == 0 || connection.ProbationEndsTicks > nowTicks) return;
        connection.ProbationEndsTicks = 0;
        if (connection.IsUsable(nowTicks)) _survivedInARow++;
    }

    private bool IsFit(UpstreamConnection connection, long nowTicks) =>
        connection.IsUsable(nowTicks) && nowTicks - connection.RestsSinceTicks < Options.IdleTicks;
}
