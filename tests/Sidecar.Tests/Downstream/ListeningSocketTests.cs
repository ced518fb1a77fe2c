using System.Net;
using System.Net.Sockets;
using Sidecar.Downstream;
using Sidecar.Transport.Kernel;

namespace Sidecar.Tests.Downstream;

public sealed class ListeningSocketTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"sidecar-{Guid.NewGuid():n}.sock");

    [Fact]
    public void Tcp_TellsItsPort_TheClientsAddress_AndKeepsAccepted_Alive()
    {
        var listener = ListeningSocket.Open(new IPEndPoint(IPAddress.Loopback, 0), out var bound);
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        client.Connect(bound);
        var accepted = ListeningSocket.Accept(listener, out var address);

        Assert.Equal(IPAddress.Loopback, address);
        Assert.Equal((1, 60, 15, 4), (
            Option(accepted, Libc.LevelSocket, Libc.OptionKeepAlive),
            Option(accepted, Libc.LevelTcp, Libc.OptionKeepAliveIdle),
            Option(accepted, Libc.LevelTcp, Libc.OptionKeepAliveInterval),
            Option(accepted, Libc.LevelTcp, Libc.OptionKeepAliveCount)));
        Assert.Equal(1, Option(accepted, Libc.LevelTcp, Libc.OptionNoDelay));
        Libc.Close(accepted);
        Libc.Close(listener);
    }

    [Fact]
    public void UnixSocket_ThatNobodyServesAnyMore_IsTakenOver_AndALivingOneIsNot()
    {
        var endPoint = new UnixDomainSocketEndPoint(_path);
        var first = ListeningSocket.Open(endPoint, out var bound);
        Assert.Equal(endPoint, bound);
        Assert.Contains("in use", Assert.Throws<IOException>(() => ListeningSocket.Open(endPoint, out _)).Message);

        Libc.Close(first);
        var second = ListeningSocket.Open(endPoint, out _);
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(endPoint);
        var accepted = ListeningSocket.Accept(second, out var address);
        Assert.True(accepted >= 0);
        Assert.Null(address);
        Libc.Close(accepted);
        Libc.Close(second);
    }

    public void Dispose() => File.Delete(_path);

    private static unsafe int Option(int descriptor, int level, int option)
    {
        int value = 0, length = sizeof(int);
        Libc.GetOption(descriptor, level, option, &value, &length);
        return value;
    }
}
