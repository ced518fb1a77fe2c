using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Sidecar.ModelServer;

/// <summary>Whole answers with a JSON body.</summary>
internal static class Answers
{
    internal static async Task JsonAsync(HttpContext context, int status, ReadOnlyMemory<byte> body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>OpenAI's error object.</summary>
    internal static Task ErrorAsync(HttpContext context, int status, string message) =>
        JsonAsync(context, status, json =>
        {
            json.WriteStartObject("error");
            json.WriteString("message", message);
            json.WriteString("type", status < 500 ? "invalid_request_error" : "server_error");
            json.WriteNull("param");
            json.WriteNull("code");
            json.WriteEndObject();
        });

    /// <summary>An object whose members <paramref name="write"/> writes.</summary>
    internal static Task JsonAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return JsonAsync(context, status, buffer.WrittenMemory);
    }
}
