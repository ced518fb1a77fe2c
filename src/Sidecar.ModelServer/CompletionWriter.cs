using System.Buffers;
using System.Text.Json;

namespace Sidecar.ModelServer;

/// <summary>
/// Writes OpenAI's response bodies: whole, or one chunk of a stream. Pure but for the buffer it is given.
/// </summary>
internal sealed class CompletionWriter(CompletionRequest request, Sequence sequence, long created)
{
    private string Id => $"{(request.IsChat ? "chatcmpl" : "cmpl")}-{sequence.Number}";

    internal void WriteWhole(IBufferWriter<byte> output, string text)
    {
        using var json = new Utf8JsonWriter(output);
        Begin(json, request.IsChat ? "chat.completion" : "text_completion");
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", 0);
        if (request.IsChat) WriteMessage(json, "message", "assistant", text);
        else json.WriteString("text", text);
        json.WriteNull("logprobs");
        json.WriteString("finish_reason", FinishReason);
        json.WriteEndObject();
        json.WriteEndArray();
        WriteUsage(json);
        json.WriteEndObject();
    }

    /// <param name="output">Where it goes.</param>
    /// <param name="text">Null: the last chunk, which only tells why the answer ended.</param>
    /// <param name="isFirst">The chunk names the role.</param>
    internal void WriteChunk(IBufferWriter<byte> output, string? text, bool isFirst)
    {
        using var json = new Utf8JsonWriter(output);
        Begin(json, request.IsChat ? "chat.completion.chunk" : "text_completion");
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", 0);
        if (request.IsChat) WriteMessage(json, "delta", isFirst ? "assistant" : null, text);
        else json.WriteString("text", text ?? "");
        json.WriteNull("logprobs");
        if (text is null) json.WriteString("finish_reason", FinishReason);
        else json.WriteNull("finish_reason");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The chunk without choices that a client gets who asked for usage.</summary>
    internal void WriteUsageChunk(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        Begin(json, request.IsChat ? "chat.completion.chunk" : "text_completion");
        json.WriteStartArray("choices");
        json.WriteEndArray();
        WriteUsage(json);
        json.WriteEndObject();
    }

    private string FinishReason => request.Tokens > 0 && sequence.Tokens >= request.Tokens ? "length" : "stop";

    private void Begin(Utf8JsonWriter json, string kind)
    {
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteString("object", kind);
        json.WriteNumber("created", created);
        json.WriteString("model", request.Model);
    }

    private void WriteUsage(Utf8JsonWriter json)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", sequence.PromptTokens);
        json.WriteNumber("completion_tokens", sequence.Produced);
        json.WriteNumber("total_tokens", sequence.PromptTokens + sequence.Produced);
        json.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter json, string name, string? role, string? content)
    {
        json.WriteStartObject(name);
        if (role is not null) json.WriteString("role", role);
        if (content is not null) json.WriteString("content", content);
        json.WriteEndObject();
    }
}
