using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Chat;

namespace Sidecar.IntegrationTests;

/// <summary>OpenAI's .NET client, the sidecar, llama.cpp's server.</summary>
[Collection("engine")] // one at a time: they read the engine's own counts
public sealed class EngineChatTests(EngineFixture fixture)
{
    private const int Tokens = 24;

    // Greedy sampling: a random model's answer is then the same in every run.
    private static readonly ChatCompletionOptions Greedy = new() { MaxOutputTokenCount = Tokens, Temperature = 0 };

    [Fact]
    public async Task WholeChat_ComesWithTextAndUsage()
    {
        var client = await ClientAsync();
        ChatCompletion answer = await client.CompleteChatAsync(
            [new UserChatMessage("hello")], Greedy, TestContext.Current.CancellationToken);
        Assert.NotEmpty(answer.Content[0].Text);
        Assert.InRange(answer.Usage.OutputTokenCount, 1, Tokens);
    }

    [Fact]
    public async Task StreamedChat_ComesInPiecesAndEnds()
    {
        var client = await ClientAsync();
        var pieces = 0;
        ChatFinishReason? finish = null;
        await foreach (var update in client.CompleteChatStreamingAsync(
            [new UserChatMessage("hello")], Greedy, TestContext.Current.CancellationToken))
        {
            if (update.ContentUpdate.Count > 0) pieces++;
            finish = update.FinishReason ?? finish;
        }
        Assert.True(pieces > 1, $"the answer came in {pieces} piece(s)");
        Assert.NotNull(finish);
    }

    /// <remarks>llama.cpp's server closes a connection after each streamed answer without having said so, up to some
    /// 30 ms later: one that is reused in between loses its next request.</remarks>
    [Fact]
    public async Task StreamedChats_OneRightAfterTheOther_AreAllAnswered()
    {
        const int Users = 16, ChatsOfEach = 12;
        var client = await ClientAsync();
        var stop = TestContext.Current.CancellationToken;
        var answered = await Task.WhenAll(Enumerable.Range(0, Users).Select(_ => ChatAsync(client, ChatsOfEach, stop)));
        Assert.Equal(Users * ChatsOfEach, answered.Sum());
    }

    private static async Task<int> ChatAsync(ChatClient client, int count, CancellationToken stop)
    {
        var options = new ChatCompletionOptions { MaxOutputTokenCount = 2, Temperature = 0 };
        var answered = 0;
        for (var i = 0; i < count; i++)
        {
            var updates = 0;
            await foreach (var _ in client.CompleteChatStreamingAsync([new UserChatMessage("hi")], options, stop))
                updates++;
            if (updates > 0) answered++;
        }
        return answered;
    }

    private async Task<ChatClient> ClientAsync()
    {
        var (_, sidecar) = await fixture.RequireAsync(TestContext.Current.CancellationToken);
        var options = new OpenAIClientOptions
        {
            Endpoint = new Uri(sidecar.Url, "/v1"),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0), // a lost answer must show
        };
        options.AddPolicy(
            new EngineContextPolicy("""{"workload_id":"chat","criticality":5}"""), PipelinePosition.PerCall);
        return new ChatClient("tiny", new ApiKeyCredential("none"), options);
    }
}
