using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Sidecar.IntegrationTests;

/// <summary>A real engine dies under load and is started again.</summary>
[Collection("engine")] // one at a time: two engines at once would only slow each other down
public sealed partial class EngineRestartTests(EngineFixture fixture)
{
    private const int Running = EngineServer.Slots, Queued = 200;

    /// <remarks>Each request's id stands in its grammar, which the engine writes down as the request comes in; the
    /// field <c>user</c> and a header carry it too.</remarks>
    [Fact]
    public async Task QueuedRequests_AreAllAnswered_AndNoneReachesAnEngineTwice()
    {
        var stop = TestContext.Current.CancellationToken;
        await fixture.RequireAsync(stop);
        var before = await StartAsync(0);
        EngineServer? after = null;
        try
        {
            await using var sidecar = await SidecarProcess.StartAsync(
                new IPEndPoint(IPAddress.Loopback, before.Port),
                ("SIDECAR_CONCURRENCY", $"{Running}"), ("SIDECAR_QUEUE_TIMEOUT", "50s"));
            var running = await BeginAsync(sidecar, before);
            var queued = new List<TestPeer>();
            for (var id = Running; id < Running + Queued; id++)
                queued.Add(await sidecar.SendAsync(Request(id, tokens: 4)));
            await AdminClient.UntilAsync(
                async () => await OutcomesAsync(sidecar, "completed") > 0
                    || await sidecar.Admin.MetricAsync("sidecar_queued") == Queued,
                $"{Queued} queued");
            Assert.Equal(0, await OutcomesAsync(sidecar, "completed"));

            await before.KillAsync();
            foreach (var client in running) await AssertBrokenOffAsync(client);
            await AdminClient.UntilAsync(
                async () => await sidecar.Admin.MetricAsync("sidecar_gate_open") == 0, "a closed gate");
            // None of the queued went to an engine that was about to end, to be lost there.
            Assert.Equal(Running, await OutcomesAsync(sidecar, "upstream-broken"));
            await sidecar.Admin.QueuedAsync(Queued);
            after = await StartAsync(before.Port);
            foreach (var client in queued) await AssertAnsweredAsync(client);

            await sidecar.Admin.IdleAsync();
            Assert.Equal(Running, await OutcomesAsync(sidecar, "upstream-broken"));
            Assert.Equal(Queued, await OutcomesAsync(sidecar, "completed"));
            Assert.Equal(0, await OutcomesAsync(sidecar, "failed"));
            await AssertAnsweredAsync(await sidecar.SendAsync(Request(Running + Queued, tokens: 4)));
        }
        finally
        {
            await before.DisposeAsync();
            if (after is not null) await after.DisposeAsync();
        }
        Assert.Equal(Enumerable.Range(0, Running), Ids(before));
        Assert.Equal(Enumerable.Range(Running, Queued + 1), Ids(after));
    }

    /// <summary>As many as the engine has slots: each has had a piece of its answer, and the engine has told so.
    /// </summary>
    private static async Task<List<TestPeer>> BeginAsync(SidecarProcess sidecar, EngineServer engine)
    {
        var running = new List<TestPeer>();
        for (var id = 0; id < Running; id++)
        {
            running.Add(await sidecar.SendAsync(Request(id, tokens: 900)));
            Assert.StartsWith("HTTP/1.1 200 OK\r\n", await running[^1].ReadHeadAsync());
            await running[^1].ReadThroughAsync("data: ");
        }
        await AdminClient.UntilAsync(
            () => Task.FromResult(engine.Grammars.Count == Running), "the engine's word for each running request");
        return running;
    }

    private static async Task AssertBrokenOffAsync(TestPeer client)
    {
        var (rest, isReset) = await client.ReadUntilOverAsync();
        Assert.True(isReset, "A client whose answer was cut short was shown an orderly end.");
        Assert.DoesNotContain("[DONE]", rest);
    }

    private static async Task AssertAnsweredAsync(TestPeer client)
    {
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadHeadAsync());
        var body = await client.ReadThroughAsync("\r\n0\r\n\r\n");
        Assert.True(body.Contains("data: [DONE]"), $"An answer without its last event: {body}");
    }

    private static async Task<EngineServer> StartAsync(int port)
    {
        var (engine, reason) = await EngineServer.TryStartAsync(port, tellsAll: true);
        return engine ?? throw new InvalidOperationException(reason);
    }

    private static string Request(int id, int tokens)
    {
        // Letters only: a random model's bytes are no text, and the engine breaks off an answer over that.
        var body = $$"""
            {"model":"tiny","prompt":"hi","user":"id-{{id}}","max_tokens":{{tokens}},"ignore_eos":true,"stream":true,
            "grammar":"root ::= [a-z]+ # id-{{id}}"}
            """;
        return "POST /v1/completions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            + $"X-Request-Id: id-{id}\r\nContent-Length: {body.Length}\r\n\r\n{body}";
    }

    private static async Task<int> OutcomesAsync(SidecarProcess sidecar, string outcome) =>
        (int)await sidecar.Admin.MetricAsync($"sidecar_requests_total{{outcome=\"{outcome}\"}}");

    /// <summary>Of every request that reached the engine, in order of the ids, repeated ones repeated.</summary>
    private static IEnumerable<int> Ids(EngineServer engine) => engine.Grammars
        .Select(line => int.Parse(Id().Match(line).Groups[1].Value, CultureInfo.InvariantCulture)).Order();

    [GeneratedRegex("id-([0-9]+)")]
    private static partial Regex Id();
}
