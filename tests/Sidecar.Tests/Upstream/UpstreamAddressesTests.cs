using System.Net;
using System.Net.Sockets;
using Sidecar.Upstream;

namespace Sidecar.Tests.Upstream;

public class UpstreamAddressesTests
{
    [Fact]
    public async Task Addresses_OfAName_AreResolved_AndAnUnknownOneIsAFault()
    {
        var known = new UpstreamAddresses(new DnsEndPoint("localhost", 80));
        await known.ResolveAsync(TestContext.Current.CancellationToken);
        Assert.NotEmpty(known.All);

        var unknown = new UpstreamAddresses(new DnsEndPoint("no-such-host.invalid", 80));
        await Assert.ThrowsAnyAsync<SocketException>(
            () => unknown.ResolveAsync(TestContext.Current.CancellationToken));
        Assert.Empty(unknown.All);
    }
}
