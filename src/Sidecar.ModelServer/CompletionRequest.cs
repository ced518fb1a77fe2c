using System.Text.Json;

namespace Sidecar.ModelServer;

/// <summary>What of OpenAI's request bodies the simulation heeds.</summary>
internal sealed record CompletionRequest(
    bool IsChat, string Model, int PromptTokens, int Tokens, bool IsStreamed, bool IncludesUsage)
{
    private const int BytesPerToken = 4;

    /// <summary>Null with a fault for people.</summary>
    internal static CompletionRequest? Parse(ReadOnlyMemory<byte> body, bool isChat, string model, out string fault)
    {
        fault = "";
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            var promptName = isChat ? "messages" : "prompt";
            if (root.ValueKind != JsonValueKind.Object) fault = "The body is not a JSON object.";
            else if (!root.TryGetProperty(promptName, out var prompt)) fault = $"The member '{promptName}' is missing.";
            else if (isChat && prompt.ValueKind != JsonValueKind.Array)
                fault = "The member 'messages' is not an array.";
            else return Read(root, prompt, isChat, model);
            return null;
        }
        catch (JsonException failure)
        {
            fault = $"The body is not JSON: {failure.Message}";
            return null;
        }
    }

    private static CompletionRequest Read(JsonElement root, JsonElement prompt, bool isChat, string model)
    {
        var tokens = Whole(root, "max_completion_tokens");
        if (tokens == 0) tokens = Whole(root, "max_tokens");
        var named = root.TryGetProperty("model", out var name) && name.ValueKind == JsonValueKind.String;
        var includesUsage = root.TryGetProperty("stream_options", out var stream)
            && stream.ValueKind == JsonValueKind.Object && IsTrue(stream, "include_usage");
        return new CompletionRequest(
            isChat, named ? name.GetString()! : model, Math.Max(1, prompt.GetRawText().Length / BytesPerToken), tokens,
            IsTrue(root, "stream"), includesUsage);
    }

    private static bool IsTrue(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static int Whole(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt32(out var whole) && whole > 0 ? whole : 0;
}
