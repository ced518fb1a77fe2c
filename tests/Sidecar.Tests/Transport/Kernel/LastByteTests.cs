using System.Net.Sockets;
using Sidecar.Primitives;
using Sidecar.Proxy.Server;
using Sidecar.Transport;
using Sidecar.Transport.Kernel;

namespace Sidecar.Tests.Transport.Kernel;

public sealed class LastByteTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Reactor _reactor = new(new MonotonicClock(TimeProvider.System), "test");

    public LastByteTests() => _reactor.Start();

    /// <summary>Messages and receives of any lengths: what comes out is what went in, and then its end.</summary>
    [Fact]
    public async Task Receives_AreWhatWasSent_InWhateverPieces()
    {
        using var pair = await UnixPair.OpenAsync();
        var random = new Random(3);
        var sent = new byte[400_000];
        random.NextBytes(sent);
        var sending = Task.Run(() =>
        {
            for (var at = 0; at < sent.Length;)
            {
                var length = random.Next(4) == 0 ? random.Next(1, 20_000) : random.Next(1, 5);
                at += pair.Client.Send(sent, at, Math.Min(length, sent.Length - at), SocketFlags.None);
            }
            pair.Client.Shutdown(SocketShutdown.Send);
        }, TestContext.Current.CancellationToken);

        var received = await ReceiveToEndAsync(pair, new Random(4));
        await sending;
        Assert.Equal(sent, received);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_TellsAnAbortFromAClose(bool isAborted)
    {
        using var pair = await UnixPair.OpenAsync();
        await pair.Client.SendAsync("request"u8.ToArray());
        await OnceReadableAsync(pair, channel =>
        {
            var buffer = new byte[100];
            Assert.Equal(IoStatus.Done, channel.TryReceive(buffer, out var count));
            Assert.Equal("request"u8, buffer.AsSpan(0, count));
            Assert.True(channel.CheckSilent());
            Assert.Equal(IoStatus.Blocked, channel.TryReceive(buffer, out _));
            channel.TrySend("part"u8, out _);
            if (isAborted) channel.Abort();
            else channel.Close();
        });

        var answer = new byte[100];
        Assert.Equal(4, await pair.Client.ReceiveAsync(answer));
        if (isAborted)
        {
            var reset = await Assert.ThrowsAsync<SocketException>(async () => await pair.Client.ReceiveAsync(answer));
            Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        }
        else
        {
            Assert.Equal(0, await pair.Client.ReceiveAsync(answer));
        }
    }

    /// <summary>What lies in the kernel of an earlier receive is neither new nor hides what is.</summary>
    [Fact]
    public async Task CheckSilent_SeesPastTheByteThatWasLeft()
    {
        using var pair = await UnixPair.OpenAsync();
        await pair.Client.SendAsync("a"u8.ToArray());
        SocketChannel? kept = null;
        await OnceReadableAsync(pair, channel =>
        {
            kept = channel;
            Assert.Equal(IoStatus.Done, channel.TryReceive(new byte[10], out _));
            channel.OnEvents(Libc.EpollIn);
            Assert.True(channel.CheckSilent());
            Assert.False(channel.CanReceive);
        });
        await pair.Client.SendAsync("b"u8.ToArray());

        await WorkerCall.RunAsync(_reactor, () =>
        {
            kept!.OnEvents(Libc.EpollIn);
            Assert.False(kept.CheckSilent());
            Assert.Equal(IoStatus.Done, kept.TryReceive(new byte[10], out var count));
            Assert.Equal(1, count);
        });
    }

    /// <summary>Nobody wants the client's descriptors, and they must not make a close look like a reset.</summary>
    [Fact]
    public async Task BytesWithADescriptor_AreTakenLikeOthers()
    {
        using var pair = await UnixPair.OpenAsync();
        DescriptorMessage.Send(pair.Client, "a"u8);
        SocketChannel? kept = null;
        await OnceReadableAsync(pair, channel =>
        {
            kept = channel;
            Assert.Equal(IoStatus.Done, channel.TryReceive(new byte[10], out var count));
            Assert.Equal(1, count);
        });
        await pair.Client.SendAsync("bcde"u8.ToArray());
        await WorkerCall.RunAsync(_reactor, () =>
        {
            kept!.OnEvents(Libc.EpollIn);
            var buffer = new byte[10];
            Assert.Equal(IoStatus.Done, kept.TryReceive(buffer, out var count));
            Assert.Equal("bcde"u8, buffer.AsSpan(0, count));
            Assert.Equal(0, kept.UnreadBytes);
            kept.Close();
        });

        Assert.Equal(0, await pair.Client.ReceiveAsync(new byte[10]));
    }

    /// <summary>A client that has just come with its request is not idle, though nobody has looked at it yet.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UnreadBytes_AreSeenBeforeTheirEvent(bool leavesLast)
    {
        using var pair = await UnixPair.OpenAsync();
        await pair.Client.SendAsync("request"u8.ToArray());
        await WorkerCall.RunAsync(_reactor, () =>
        {
            var channel = _reactor.Adopt(pair.TakeAccepted(), owner: null);
            if (leavesLast) channel.LeaveLastByte();
            Assert.True(channel.CheckSilent());
            Assert.Equal(7, channel.UnreadBytes);
            channel.OnEvents(Libc.EpollIn);
            channel.TryReceive(new byte[3], out _);
            Assert.Equal(4, channel.UnreadBytes);
            channel.TryReceive(new byte[100], out _);
            Assert.Equal(0, channel.UnreadBytes);
        });
    }

    public void Dispose() => _reactor.Dispose();

    private async Task<byte[]> ReceiveToEndAsync(UnixPair pair, Random random)
    {
        var received = new MemoryStream();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await WorkerCall.RunAsync(_reactor, () => _ = ReceiveAsync());
        await ended.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        return received.ToArray();

        async Task ReceiveAsync()
        {
            var signal = new Signal(_reactor);
            var channel = _reactor.Adopt(pair.TakeAccepted(), signal);
            channel.LeaveLastByte();
            var buffer = new byte[32 * 1024];
            while (true)
            {
                var room = random.Next(3) == 0 ? buffer.Length : random.Next(1, 50);
                var status = channel.TryReceive(buffer.AsSpan(0, room), out var count);
                received.Write(buffer, 0, count);
                if (status is IoStatus.Ended or IoStatus.Broken) break;
                if (status == IoStatus.Blocked) await signal;
            }
            channel.Close();
            ended.SetResult();
        }
    }

    /// <summary>Runs the action on the reactor's thread, with the accepted end as a channel.</summary>
    private async Task OnceReadableAsync(UnixPair pair, Action<SocketChannel> action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await WorkerCall.RunAsync(_reactor, () => _ = RunAsync());
        await done.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        async Task RunAsync()
        {
            try
            {
                var signal = new Signal(_reactor);
                var channel = _reactor.Adopt(pair.TakeAccepted(), signal);
                channel.LeaveLastByte();
                while (!channel.CanReceive) await signal;
                action(channel);
                done.SetResult();
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        }
    }
}
