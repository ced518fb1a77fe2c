using Microsoft.Extensions.Time.Testing;
using Sidecar.Primitives;
using Sidecar.Proxy.Server;
using Sidecar.Tests.Proxy;
using Sidecar.Transport;
using Sidecar.Transport.Kernel;
using Sidecar.Upstream;

namespace Sidecar.Tests.Upstream;

/// <summary>
/// A pool and a connector on one reactor, before a scripted model server, on a clock that the test moves.
/// </summary>
internal sealed class UpstreamScene : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Reactor _reactor;

    private UpstreamScene(UpstreamTls? tls)
    {
        _reactor = new Reactor(new MonotonicClock(Time), "upstream");
        var options = new UpstreamOptions(
            Server.EndPoint, ProxyHarness.Seconds(2), ProxyHarness.Seconds(60), ProxyHarness.Seconds(60), tls);
        Addresses = new UpstreamAddresses(Server.EndPoint);
        Pool = new UpstreamPool(_reactor, options, Addresses);
        Signal = new Signal(_reactor);
        Connector = new UpstreamConnector(Pool, Signal);
    }

    internal FakeTimeProvider Time { get; } = new();

    internal SocketServer Server { get; } = new();

    internal UpstreamAddresses Addresses { get; }

    internal UpstreamPool Pool { get; }

    internal Signal Signal { get; }

    internal UpstreamConnector Connector { get; }

    internal static async Task<UpstreamScene> StartAsync(UpstreamTls? tls = null)
    {
        var scene = new UpstreamScene(tls);
        await scene.Addresses.ResolveAsync(TestContext.Current.CancellationToken);
        scene._reactor.Attach(scene.Signal);
        scene._reactor.Start();
        return scene;
    }

    /// <summary>On the reactor's thread.</summary>
    internal Task RunAsync(Action action) =>
        WorkerCall.RunAsync(_reactor, action).WaitAsync(Patience);

    /// <summary>The same, with what it gives.</summary>
    internal async Task<T> RunAsync<T>(Func<T> action)
    {
        T result = default!;
        await RunAsync(() => { result = action(); });
        return result;
    }

    /// <summary>A connect of its own, whatever TLS the pool has: as it stands once it is connected.</summary>
    internal async Task<UpstreamConnection> ConnectPlainAsync()
    {
        var done = new TaskCompletionSource<UpstreamConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        await RunAsync(() => _ = ConnectAsync());
        return await done.Task.WaitAsync(Patience);

        async Task ConnectAsync()
        {
            var signal = new Signal(_reactor);
            var descriptor = UpstreamSocket.Open(Addresses.All[0].Buffer.Span);
            Connect(descriptor);
            var channel = _reactor.Adopt(descriptor, signal);
            while (!channel.CanSend) await signal;
            done.SetResult(new UpstreamConnection(channel) { UseCount = 1 });
        }
    }

    /// <summary>Polls until the connect has ended.</summary>
    internal async Task<ConnectStatus> ConnectAsync()
    {
        var done = new TaskCompletionSource<ConnectStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        await RunAsync(() => _ = PollAsync());
        return await done.Task.WaitAsync(Patience);

        async Task PollAsync()
        {
            ConnectStatus status;
            while ((status = Connector.Poll(out _)) == ConnectStatus.Pending) await Signal;
            done.SetResult(status);
        }
    }

    public void Dispose()
    {
        _reactor.Dispose();
        Server.Dispose();
    }

    private unsafe void Connect(int descriptor)
    {
        var address = Addresses.All[0];
        fixed (byte* start = address.Buffer.Span) Libc.Connect(descriptor, start, address.Size);
    }
}
