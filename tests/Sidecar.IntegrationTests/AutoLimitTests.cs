using System.Net;
using System.Text;
using Sidecar.IntegrationTests.Harness;
using Sidecar.ModelServer;

namespace Sidecar.IntegrationTests;

/// <summary>The limit that finds itself, on the published binary, in front of model servers of a known size.</summary>
public class AutoLimitTests
{
    private const int Slots = 4;

    private static readonly (string, string) Auto = ("SIDECAR_CONCURRENCY", "auto");

    [Fact]
    public async Task Page_TellsWhenItIsFull()
    {
        await using var server = await SimulatedModelServer.StartAsync(
            new ModelServerOptions { Slots = Slots, TokensPerSecond = 100 }, new IPEndPoint(IPAddress.Loopback, 0),
            TimeProvider.System);
        await using var sidecar = await SidecarProcess.StartAsync(server.EndPoint, Auto);

        Assert.Equal("auto", sidecar.Started.GetProperty("limit").GetString());
        await FindAsync(sidecar, Slots, Slots);
        var recognised = await sidecar.LoggedAsync("engine-recognised");
        Assert.Equal(("vLLM", $"http://{server.EndPoint}/metrics"), (
            recognised.GetProperty("engine").GetString(), recognised.GetProperty("page").GetString()));
    }

    [Fact]
    public async Task WithoutAPage_TheAnswersTell()
    {
        using var server = new SlotServer(Slots);
        await using var sidecar = await SidecarProcess.StartAsync(server.EndPoint, Auto);

        // Beside other tests a first byte takes as long as it may; how near the limit comes the law's tests hold.
        await FindAsync(sidecar, Slots - 1, Slots + 3);
    }

    [Fact]
    public async Task WhereNothingTells_MoreAreTriedAllTheSame()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(upstream.EndPoint, Auto);
        for (var i = 0; i < 10; i++) await sidecar.SendAsync(Requests.Post($"{i}"));

        // None is answered: the first two are all that is sent at once.
        await AdminClient.UntilAsync(
            async () => await sidecar.Admin.MetricAsync("sidecar_in_flight") == 10, "all sent");
        Assert.Equal("blind", (await sidecar.Admin.QueueAsync()).GetProperty("limit_reason").GetString());
    }

    [Fact]
    public async Task LimitThatIsSet_IsNotMoved()
    {
        using var server = new SlotServer(Slots);
        await using var sidecar = await SidecarProcess.StartAsync(server.EndPoint, ("SIDECAR_CONCURRENCY", "7"));

        Assert.Equal("set", (await sidecar.Admin.QueueAsync()).GetProperty("limit_reason").GetString());
        Assert.Equal(7, await sidecar.Admin.MetricAsync("sidecar_limit"));
    }

    /// <summary>Under a load that never lets the queue run empty, until it was cut back to what fits.</summary>
    private static async Task FindAsync(SidecarProcess sidecar, int least, int most)
    {
        using var client = new HttpClient { BaseAddress = sidecar.Url };
        using var ending = new CancellationTokenSource();
        var load = Enumerable.Range(0, 5 * Slots).Select(_ => LoadAsync(client, ending.Token)).ToArray();

        await AdminClient.UntilAsync(
            async () => await sidecar.Admin.MetricAsync("sidecar_limit_changes_total{reason=\"waiting\"}") > 0
                && await sidecar.Admin.MetricAsync("sidecar_limit") is var limit && limit >= least && limit <= most,
            $"a limit from {least} to {most} that was found by what waits");
        await ending.CancelAsync();
        Assert.All(await Task.WhenAll(load), status => Assert.Equal(HttpStatusCode.OK, status));
        await sidecar.Admin.IdleAsync();
    }

    private static async Task<HttpStatusCode> LoadAsync(HttpClient client, CancellationToken ending)
    {
        var status = HttpStatusCode.OK;
        while (!ending.IsCancellationRequested && status == HttpStatusCode.OK)
        {
            using var body = new StringContent(
                """{"stream":true,"max_tokens":20,"messages":[]}""", Encoding.UTF8, "application/json");
            using var response = await client.PostAsync("/v1/chat/completions", body, CancellationToken.None);
            status = response.StatusCode;
        }
        return status;
    }
}
