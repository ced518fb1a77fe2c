using Sidecar.Http.Requests;

namespace Sidecar.Tests.Proxy.Line;

public class LoopTests
{
    [Theory]
    [InlineData("GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /v1/models HTTP/1.0\r\nHost: a\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nVia: 1.1 gateway\r\nContent-Length: 0\r\n\r\n")]
    public async Task RequestThatComesBack_Is508_AndGoesNoFurther(string request)
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(request);
        var upstream = await sidecar.Upstream.AcceptAsync();
        var forwarded = await upstream.ReadHeadAsync();
        var again = await sidecar.SendAsync(forwarded);

        var answer = await again.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 508 Loop Detected\r\n", answer);
        Assert.Contains("\r\nx-sidecar-reason: loop\r\n", answer);
        Assert.False(sidecar.Upstream.HasPending);

        await upstream.SendAsync(Requests.Ok);
        Assert.EndsWith("ok", await client.ReadMessageAsync());
    }

    [Fact]
    public async Task TwoSidecarsInAChain_AreNoLoop()
    {
        await using var first = await ProxyHarness.StartAsync();
        await using var second = await ProxyHarness.StartAsync(
            configure: options => options with { Pseudonym = ViaPseudonym.New() });
        await first.SendAsync(Requests.Get);
        var between = await (await first.Upstream.AcceptAsync()).ReadHeadAsync();
        await second.SendAsync(between);

        var behind = await (await second.Upstream.AcceptAsync()).ReadHeadAsync();
        Assert.Equal(2, behind.Split("Via: 1.1 sidecar-").Length - 1);
    }
}
