using System.ClientModel;
using OpenAI;
using OpenAI.Chat;

namespace Sidecar.IntegrationTests;

/// <summary>OpenAI's .NET client, the sidecar, the simulated model server.</summary>
public class OpenAiClientTests
{
    private const int Tokens = 12;

    private static readonly ChatCompletionOptions Options = new() { MaxOutputTokenCount = Tokens };

    [Fact]
    public async Task WholeChat_ComesWithTextAndUsage()
    {
        await using var sidecar = await SidecarProcess.StartSimulatedAsync();
        ChatCompletion answer = await Client(sidecar).CompleteChatAsync(
            [new UserChatMessage("hello")], Options, TestContext.Current.CancellationToken);

        Assert.Equal(Tokens, answer.Content[0].Text.Split(' ').Length);
        Assert.Equal(Tokens, answer.Usage.OutputTokenCount);
    }

    [Fact]
    public async Task StreamedChat_ComesInPieces_AndEnds()
    {
        await using var sidecar = await SidecarProcess.StartSimulatedAsync();
        var pieces = 0;
        ChatFinishReason? finish = null;
        await foreach (var update in Client(sidecar).CompleteChatStreamingAsync(
            [new UserChatMessage("hello")], Options, TestContext.Current.CancellationToken))
        {
            pieces += update.ContentUpdate.Count;
            finish = update.FinishReason ?? finish;
        }

        Assert.Equal(Tokens, pieces);
        Assert.Equal(ChatFinishReason.Length, finish);
    }

    private static ChatClient Client(SidecarProcess sidecar) => new(
        "simulated", new ApiKeyCredential("none"),
        new OpenAIClientOptions { Endpoint = new Uri($"http://{sidecar.Data}/v1") });
}
