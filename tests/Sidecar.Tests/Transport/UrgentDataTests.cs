using System.Net;
using System.Net.Sockets;
using Sidecar.Downstream;
using Sidecar.Primitives;
using Sidecar.Proxy.Server;
using Sidecar.Telemetry;
using Sidecar.Transport;
using Sidecar.Transport.Kernel;

namespace Sidecar.Tests.Transport;

public sealed class UrgentDataTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A receive ends at the mark, though more has come, and no further event tells of that.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task WhatLiesBehindUrgentData_IsReceivedToo(int marks)
    {
        using var reactor = new Reactor(new MonotonicClock(TimeProvider.System), "test", Log.Silent);
        reactor.Start();
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var listener = ListeningSocket.Open(new IPEndPoint(IPAddress.Loopback, 0), out var bound);
        await client.ConnectAsync(bound, TestContext.Current.CancellationToken);
        var accepted = ListeningSocket.Accept(listener, out _);
        Libc.Close(listener);

        client.Send("before"u8);
        for (var mark = 0; mark < marks; mark++)
        {
            client.Send("!"u8, SocketFlags.OutOfBand);
            client.Send("behind"u8);
        }
        var text = "";
        var isWhole = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await WorkerCall.RunAsync(reactor, () => reactor.Adopt(accepted, new Owner(channel =>
        {
            Span<byte> received = stackalloc byte[100];
            while (channel.TryReceive(received, out var count) == IoStatus.Done)
                text += System.Text.Encoding.ASCII.GetString(received[..count]);
            if (text.EndsWith("behind", StringComparison.Ordinal) && !channel.CanReceive) isWhole.TrySetResult();
        }))).WaitAsync(Patience, TestContext.Current.CancellationToken);

        await isWhole.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        // Of several marks the last one alone is urgent; the bytes of the others stand among the rest.
        Assert.StartsWith("before", text, StringComparison.Ordinal);
        Assert.Equal(marks * "behind".Length, text.Replace("!", "", StringComparison.Ordinal).Length - "before".Length);
    }

    private sealed class Owner(Action<SocketChannel> onEvent) : IChannelOwner
    {
        public void OnChannelEvent(SocketChannel channel) => onEvent(channel);
    }
}
