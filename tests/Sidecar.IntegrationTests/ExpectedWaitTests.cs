using System.Net;
using Sidecar.IntegrationTests.Harness;

namespace Sidecar.IntegrationTests;

public class ExpectedWaitTests
{
    private const int Flood = 400;

    [Fact]
    public async Task RequestWithoutHope_IsRefusedAtOnce_AndToldWhenToComeBack()
    {
        using var server = new BoundedServer(slots: 1, queued: Flood);
        await using var sidecar = await SidecarProcess.StartAsync(
            server.EndPoint, ("SIDECAR_CONCURRENCY", "1"), ("SIDECAR_QUEUE_TIMEOUT", "100ms"));
        using var client = new HttpClient { BaseAddress = sidecar.Url };
        // Nothing is said before some were sent.
        for (var i = 0; i < 40; i++) Assert.Equal(HttpStatusCode.OK, (await PostAsync(client)).Status);

        var answers = await Task.WhenAll(Enumerable.Range(0, Flood).Select(_ => PostAsync(client)));

        var refused = answers.Where(answer => answer.Reason == "expected-wait").ToArray();
        Assert.NotEmpty(refused);
        Assert.All(refused, answer =>
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
            Assert.InRange(answer.RetryAfterSeconds, 1, 60);
        });
        Assert.Equal(
            refused.Length, await sidecar.Admin.MetricAsync("sidecar_requests_total{outcome=\"expected-wait\"}"));
        await sidecar.Admin.IdleAsync();
    }

    private static async Task<(HttpStatusCode Status, string Reason, double RetryAfterSeconds)> PostAsync(
        HttpClient client)
    {
        using var content = new ByteArrayContent(new byte[100]);
        using var response = await client.PostAsync("/v1/completions", content);
        var reason = response.Headers.TryGetValues("x-sidecar-reason", out var values) ? values.Single() : "";
        return (response.StatusCode, reason, response.Headers.RetryAfter?.Delta?.TotalSeconds ?? 0);
    }
}
