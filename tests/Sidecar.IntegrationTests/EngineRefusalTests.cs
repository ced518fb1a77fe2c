using System.Net;
using Sidecar.IntegrationTests.Harness;

namespace Sidecar.IntegrationTests;

/// <summary>Model servers that refuse requests themselves: since they are full, or for another reason.</summary>
public class EngineRefusalTests
{
    private const int Clients = 64;

    [Theory]
    [InlineData("auto", 503, 10_000)]
    [InlineData("auto", 429, 2_000)]
    [InlineData("64", 503, 10_000)]
    [InlineData("0", 503, 2_000)]
    public async Task FullModelServer_IsRefusedByOnce_AndNoClientSeesIt(string limit, int status, int requests)
    {
        using var server = new BoundedServer(slots: 4, queued: 2, status);
        await using var sidecar = await SidecarProcess.StartAsync(server.EndPoint, ("SIDECAR_CONCURRENCY", limit));

        var statuses = await SendAsync(sidecar, requests);

        TestContext.Current.TestOutputHelper?.WriteLine($"{server.RefusedCount} of {requests} were refused");
        Assert.Equal([(HttpStatusCode.OK, requests)], statuses);
        Assert.Equal(requests, server.Attempts.Count);
        var returned = await sidecar.Admin.MetricAsync("sidecar_engine_refusals_total{result=\"returned\"}");
        // Where the machine is so slow that its health fails, a 503 means that it is not ready, as often as it is said.
        var notReady = await sidecar.Admin.MetricAsync("sidecar_returns_total") - returned;
        Assert.InRange(server.Attempts.Values.Max(), 1, 2 + notReady);
        // What was granted but not sent, since the gate closed in between, has returned as well.
        Assert.InRange(server.RefusedCount, returned, returned + notReady);
        Assert.Equal(0, await sidecar.Admin.MetricAsync("sidecar_engine_refusals_total{result=\"passed\"}"));
        await sidecar.Admin.IdleAsync();
    }

    [Fact]
    public async Task RefusalsThatMeanSomethingElse_AreHandedOn()
    {
        const int requests = 600;
        using var server = new BoundedServer(slots: 0, queued: 0, status: 429);
        await using var sidecar = await SidecarProcess.StartAsync(server.EndPoint, ("SIDECAR_CONCURRENCY", "16"));

        var statuses = await SendAsync(sidecar, requests);

        Assert.Equal([(HttpStatusCode.TooManyRequests, requests)], statuses);
        // The first few each in flight, and one in 64.
        Assert.InRange(await sidecar.Admin.MetricAsync("sidecar_engine_refusals_total{result=\"returned\"}"), 8, 60);
        Assert.Equal(requests, await sidecar.Admin.MetricAsync("sidecar_engine_refusals_total{result=\"passed\"}"));
        Assert.InRange(server.Attempts.Values.Max(), 1, 2);
        await sidecar.Admin.IdleAsync();
    }

    private static async Task<(HttpStatusCode, int)[]> SendAsync(SidecarProcess sidecar, int requests)
    {
        using var client = new HttpClient { BaseAddress = sidecar.Url };
        var next = 0;
        var statuses = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            var seen = new List<HttpStatusCode>();
            while (Interlocked.Increment(ref next) is var number && number <= requests)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions");
                request.Content = new ByteArrayContent(new byte[100]);
                request.Headers.Add("x-number", $"{number}");
                using var response = await client.SendAsync(request);
                seen.Add(response.StatusCode);
            }
            return seen;
        }));
        return [.. statuses.SelectMany(seen => seen).CountBy(status => status).Select(one => (one.Key, one.Value))];
    }
}
