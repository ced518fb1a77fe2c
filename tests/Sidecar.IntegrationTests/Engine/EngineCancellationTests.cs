using System.Text;

namespace Sidecar.IntegrationTests;

/// <summary>A client that leaves must not hold a place in a real engine.</summary>
[Collection("engine")] // one at a time: they read the engine's own counts
public sealed class EngineCancellationTests(EngineFixture fixture)
{
    private const int Tokens = 900;

    [Fact]
    public async Task ClientLeavesMidStream_SlotAndPermitAreFreeBeforeTheAnswerIsMade()
    {
        var stop = TestContext.Current.CancellationToken;
        var (engine, sidecar) = await fixture.RequireAsync(stop);
        var madeBefore = await engine.PredictedTokensAsync(stop);

        using (var http = new HttpClient())
        using (var answer = await http.SendAsync(
            LongRequest(sidecar.Url), HttpCompletionOption.ResponseHeadersRead, stop))
        {
            await using var body = await answer.Content.ReadAsStreamAsync(stop);
            var first = new byte[1];
            await body.ReadExactlyAsync(first, stop);
            Assert.True(await engine.BusySlotsAsync(stop) > 0, "the engine is not generating: nothing to cancel");
        } // leaves here, with the answer unread

        await AdminClient.UntilAsync(async () => await engine.BusySlotsAsync(stop) == 0, "a free slot of the engine");
        await sidecar.Admin.IdleAsync();
        // The engine counts an answer's tokens when it is whole: had it gone on to the end, they would be here.
        var made = await engine.PredictedTokensAsync(stop) - madeBefore;
        Assert.True(made < Tokens, $"the engine made all {made} tokens of an answer that nobody read");
    }

    private static HttpRequestMessage LongRequest(Uri data) => new(
        HttpMethod.Post, new Uri(data, "/v1/chat/completions"))
    {
        Content = new StringContent(
            $$"""
            {"model":"tiny","messages":[{"role":"user","content":"hi"}],"max_tokens":{{Tokens}},
            "ignore_eos":true,"stream":true}
            """,
            Encoding.UTF8, "application/json"),
    };
}
