using Sidecar.Admin;
using Sidecar.Tests.Proxy;

namespace Sidecar.Tests.Admin;

public class AverageWaitTests
{
    [Fact]
    public async Task AverageWait_FadesOnThePageToo()
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1);
        await using var admin = await AdminHarness.StartAsync(sidecar);
        await sidecar.SendAsync(Requests.Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        await sidecar.SendAsync(Requests.Of("waits", 3));
        await ProxyHarness.UntilAsync(() => sidecar.Gate.Queued == 1);
        sidecar.Time.Advance(TimeSpan.FromSeconds(20));
        await upstream.SendAsync(Requests.Ok);
        await upstream.ReadMessageAsync();
        Assert.Equal(20, await ShownAsync(admin), 6);

        sidecar.Time.Advance(TimeSpan.FromSeconds(120));
        Assert.Equal(5, await ShownAsync(admin), 6);
    }

    private static async Task<double> ShownAsync(AdminServer admin)
    {
        using var client = new HttpClient();
        client.BaseAddress = new Uri($"http://{admin.EndPoint}");
        var page = await client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        return Exposition.Parse(page)["workload_avg_wait_time{workload_id=\"waits\"}"];
    }
}
