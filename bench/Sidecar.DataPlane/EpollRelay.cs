namespace Sidecar.DataPlane;

/// <summary>
/// The third candidate: an epoll loop of one's own. One async loop per downstream connection awaits one reusable
/// signal; between two awaits everything is a synchronous step, so that a message costs one receive and one send.
/// </summary>
internal static class EpollRelay
{
    private const int Backlog = 1024;

    public static void Run(int listenPort, int upstreamPort)
    {
        using var reactor = new EpollReactor();
        var pool = new Stack<EpollSocket>();
        var listener = EpollSocket.Listen(listenPort, Backlog);
        reactor.Watch(listener, () =>
        {
            while (EpollSocket.TryAccept(reactor, listener) is { } downstream)
                _ = ServeAsync(reactor, downstream, pool, upstreamPort);
        });
        reactor.Run();
    }

    private static async Task ServeAsync(
        EpollReactor reactor, EpollSocket downstream, Stack<EpollSocket> pool, int upstreamPort)
    {
        var signal = new TurnSignal();
        var request = new EpollFlow(response: false);
        var response = new EpollFlow(response: true);
        EpollSocket? upstream = null;
        downstream.Owner = signal;
        try
        {
            do
            {
                RelayStep step;
                while ((step = request.ReadHead(downstream)) == RelayStep.Blocked)
                    await signal;
                if (step == RelayStep.Failed) return;

                upstream = Rent(reactor, pool, upstreamPort);
                upstream.Owner = signal;
                while ((step = request.Relay(downstream, upstream)) == RelayStep.Blocked)
                    await signal;
                if (step == RelayStep.Failed) return;

                while ((step = response.ReadHead(upstream)) == RelayStep.Blocked)
                    await signal;
                if (step == RelayStep.Failed) return;

                while ((step = response.Relay(upstream, downstream)) == RelayStep.Blocked)
                    await signal;
                if (step == RelayStep.Failed || !response.KeepAlive) return;

                upstream.Owner = null;
                pool.Push(upstream);
                upstream = null;
            }
            while (request.KeepAlive);
        }
        finally
        {
            upstream?.Close();
            downstream.Close();
        }
    }

    private static EpollSocket Rent(EpollReactor reactor, Stack<EpollSocket> pool, int upstreamPort)
    {
        while (pool.TryPop(out var pooled))
        {
            if (!pooled.Stale) return pooled;
            pooled.Close();
        }
        return EpollSocket.Connect(reactor, upstreamPort);
    }
}
