using Sidecar.Tests.Proxy;
using static Sidecar.Testing.Requests;

namespace Sidecar.Tests.Records;

public class RecordReaderTests
{
    [Fact]
    public async Task SecondReader_IsToldOfEachRequest_OnceAnsweredAndOnceEnded()
    {
        var accounts = new ByteAccounts();
        await using var sidecar = await ProxyHarness.StartAsync(readers: accounts);
        var client = await sidecar.SendAsync(Post("four", "X-Workload-Context: {\"workload_id\":\"team\"}\r\n"));
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        await upstream.SendAsync("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        await client.ReadThroughAsync("abc");
        // The bytes leave before the readers are told.
        await ProxyHarness.UntilAsync(() => !accounts.Events.IsEmpty);
        Assert.Equal(["answered 201"], accounts.Events);
        await upstream.SendAsync("2\r\nde\r\n0\r\n\r\n");
        await client.ReadThroughAsync("\r\n0\r\n\r\n");
        await sidecar.IdleAsync();
        client.Dispose();

        Assert.Equal(["answered 201", "Completed after 1"], accounts.Events);
        Assert.Equal((1, 4, 5), accounts["team"]);
    }

    [Fact]
    public async Task SecondReader_IsToldOfWhatNobodyAnswered()
    {
        var accounts = new ByteAccounts();
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1, queueLimit: 0, readers: accounts);
        await sidecar.SendAsync(Post("first"));
        await sidecar.Upstream.AcceptAsync();
        var client = await sidecar.SendAsync(Post("second"));
        Assert.StartsWith("HTTP/1.1 429", await client.ReadMessageAsync());
        await ProxyHarness.UntilAsync(() => !accounts.Events.IsEmpty);

        Assert.Equal(["QueueFull after 0"], accounts.Events);
    }
}
