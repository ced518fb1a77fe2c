using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Sidecar.ModelServer;

/// <summary>
/// Answers completions, chats and plain ones, whole or as they are made. A client that leaves aborts its sequence.
/// </summary>
internal sealed class CompletionEndpoint(Engine engine, ModelServerOptions options, TimeProvider time)
{
    internal async Task AnswerAsync(HttpContext context, bool isChat)
    {
        var body = await ReadAsync(context);
        if (CompletionRequest.Parse(body, isChat, options.Model, out var fault) is not { } request)
        {
            await Answers.ErrorAsync(context, StatusCodes.Status400BadRequest, fault);
            return;
        }
        if (engine.TryStart(request.PromptTokens, request.Tokens) is not { } sequence)
        {
            await Answers.ErrorAsync(context, StatusCodes.Status503ServiceUnavailable, "Too many requests wait.");
            return;
        }
        try
        {
            var writer = new CompletionWriter(request, sequence, time.GetUtcNow().ToUnixTimeSeconds());
            if (request.IsStreamed) await StreamAsync(context, request, sequence, writer);
            else await AnswerWholeAsync(context, sequence, writer);
        }
        finally
        {
            // Not by a registration at RequestAborted: what is cancelled before it could be here, and undo it, first.
            sequence.Abort();
        }
    }

    private async Task AnswerWholeAsync(HttpContext context, Sequence sequence, CompletionWriter writer)
    {
        var text = new StringBuilder();
        await foreach (var position in sequence.Reader.ReadAllAsync(context.RequestAborted))
            text.Append(Words.At(options.Seed, sequence.Number, position));
        var buffer = new ArrayBufferWriter<byte>();
        writer.WriteWhole(buffer, text.ToString());
        await Answers.JsonAsync(context, StatusCodes.Status200OK, buffer.WrittenMemory);
    }

    private async Task StreamAsync(
        HttpContext context, CompletionRequest request, Sequence sequence, CompletionWriter writer)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        var output = context.Response.BodyWriter;
        await foreach (var position in sequence.Reader.ReadAllAsync(context.RequestAborted))
        {
            var word = Words.At(options.Seed, sequence.Number, position);
            Event(output, position, (buffer, at) => writer.WriteChunk(buffer, word, isFirst: at == 0));
            await output.FlushAsync(context.RequestAborted);
        }
        Event(output, 0, (buffer, _) => writer.WriteChunk(buffer, null, isFirst: false));
        if (request.IncludesUsage) Event(output, 0, (buffer, _) => writer.WriteUsageChunk(buffer));
        output.Write("data: [DONE]\n\n"u8);
        await output.FlushAsync(context.RequestAborted);
    }

    private static void Event(IBufferWriter<byte> output, int position, Action<IBufferWriter<byte>, int> write)
    {
        output.Write("data: "u8);
        write(output, position);
        output.Write("\n\n"u8);
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context)
    {
        using var whole = new MemoryStream();
        await context.Request.Body.CopyToAsync(whole, context.RequestAborted);
        return whole.ToArray();
    }
}
