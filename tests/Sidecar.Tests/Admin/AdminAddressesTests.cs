using System.Net;
using Sidecar.Admin;

namespace Sidecar.Tests.Admin;

public class AdminAddressesTests
{
    [Theory]
    [InlineData("127.0.0.1:9464", "127.0.0.1:9464", "127.0.0.1:9464")]
    [InlineData("127.0.0.2:9464", "127.0.0.2:9464", "127.0.0.2:9464")]
    [InlineData("[::1]:9464", "[::1]:9464", "[::1]:9464")]
    [InlineData("0.0.0.0:9464", "0.0.0.0:9464", "127.0.0.1:9464")]
    [InlineData("[::]:9464", "[::]:9464", "127.0.0.1:9464 [::1]:9464")]
    [InlineData("10.1.2.3:9464", "10.1.2.3:9464 127.0.0.1:9464", "127.0.0.1:9464")]
    [InlineData("[fd00::2]:9464", "[fd00::2]:9464 [::1]:9464", "[::1]:9464")]
    [InlineData("10.1.2.3:0", "10.1.2.3:0", "127.0.0.1:0")]
    public void LoopbackIsAlwaysServed_AndIsWhatCommandsAsk(string admin, string listen, string ask)
    {
        var address = IPEndPoint.Parse(admin);

        Assert.Equal(listen, string.Join(' ', AdminAddresses.ToListenOn(address)));
        Assert.Equal(ask, string.Join(' ', AdminAddresses.ToAsk(address)));
    }
}
