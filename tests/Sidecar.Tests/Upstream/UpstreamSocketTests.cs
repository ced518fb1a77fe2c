using System.Net;
using System.Net.Sockets;
using Sidecar.Transport.Kernel;
using Sidecar.Upstream;

namespace Sidecar.Tests.Upstream;

public class UpstreamSocketTests
{
    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    public void Tcp_IsKeptAlive_AndDoesNotWaitForMore(string address)
    {
        var descriptor = UpstreamSocket.Open(new IPEndPoint(IPAddress.Parse(address), 80).Serialize().Buffer.Span);
        Assert.True(descriptor >= 0);

        Assert.Equal((1, 60, 15, 4), (
            Option(descriptor, Libc.LevelSocket, Libc.OptionKeepAlive),
            Option(descriptor, Libc.LevelTcp, Libc.OptionKeepAliveIdle),
            Option(descriptor, Libc.LevelTcp, Libc.OptionKeepAliveInterval),
            Option(descriptor, Libc.LevelTcp, Libc.OptionKeepAliveCount)));
        Assert.Equal(1, Option(descriptor, Libc.LevelTcp, Libc.OptionNoDelay));
        Libc.Close(descriptor);
    }

    [Fact]
    public void UnixSocket_IsMadeToo()
    {
        var descriptor = UpstreamSocket.Open(new UnixDomainSocketEndPoint("/tmp/none").Serialize().Buffer.Span);
        Assert.True(descriptor >= 0);
        Libc.Close(descriptor);
    }

    private static unsafe int Option(int descriptor, int level, int option)
    {
        int value = 0, length = sizeof(int);
        Libc.GetOption(descriptor, level, option, &value, &length);
        return value;
    }
}
