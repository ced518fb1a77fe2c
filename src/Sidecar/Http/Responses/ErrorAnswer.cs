using Sidecar.Http.Fields;

namespace Sidecar.Http.Responses;

/// <summary>Writes a whole answer of the sidecar's own: the error object that clients of OpenAI's API know, and the
/// cause in <c>x-sidecar-reason</c>. Pure; any thread; allocates nothing.</summary>
internal static class ErrorAnswer
{
    /// <summary>The longest answer, in bytes.</summary>
    public const int BytesMax = 1024;

    /// <summary>Longest reason, type or code, in bytes; the rest is cut off.</summary>
    public const int TokenBytesMax = 64;

    /// <summary>Longest message, in bytes; the rest is cut off.</summary>
    public const int MessageBytesMax = 256;

    private const int BodyBytesMax = 512;

    /// <summary>Writes the answer and returns its length in bytes.</summary>
    /// <param name="destination"><see cref="BytesMax"/> suffices always.</param>
    /// <param name="status">The status code.</param>
    /// <param name="reason">A token of the fixed vocabulary: the <c>code</c> of the error object too.</param>
    /// <param name="message">For people, in ASCII; quotes and controls in it become apostrophes and spaces.</param>
    /// <param name="type">The <c>type</c> of the error object; a token.</param>
    /// <param name="retryAfterSeconds">For Retry-After; -1: without.</param>
    /// <param name="keepAlive">Whether the connection stays open.</param>
    /// <param name="headOnly">The request was HEAD: the body's length is told, but no body sent.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static int Write(
        Span<byte> destination, int status, ReadOnlySpan<byte> reason, ReadOnlySpan<byte> message,
        ReadOnlySpan<byte> type, int retryAfterSeconds = -1, bool keepAlive = false, bool headOnly = false)
    {
        Span<byte> bodyBytes = stackalloc byte[BodyBytesMax];
        var body = new HeadBuilder(bodyBytes);
        body.Append("{\"error\":{\"message\":\""u8);
        AppendText(ref body, message, MessageBytesMax);
        body.Append("\",\"type\":\""u8);
        AppendText(ref body, type, TokenBytesMax);
        body.Append("\",\"param\":null,\"code\":\""u8);
        AppendText(ref body, reason, TokenBytesMax);
        body.Append("\"}}\n"u8);

        var answer = new HeadBuilder(destination);
        answer.Append("HTTP/1.1 "u8);
        answer.Append(status);
        answer.Append(" "u8);
        answer.Append(StatusReasons.Of(status));
        answer.Append("\r\nContent-Type: application/json\r\n"u8);
        answer.AppendLength(body.Length);
        answer.Append("x-sidecar-reason: "u8);
        AppendText(ref answer, reason, TokenBytesMax);
        answer.Append("\r\n"u8);
        if (retryAfterSeconds >= 0)
        {
            answer.Append("Retry-After: "u8);
            answer.Append(retryAfterSeconds);
            answer.Append("\r\n"u8);
        }
        // Said also where HTTP/1.1 would take it for granted, since a kept HTTP/1.0 client has to be told.
        answer.Append(keepAlive ? "Connection: keep-alive\r\n\r\n"u8 : "Connection: close\r\n\r\n"u8);
        if (!headOnly) answer.Append(bodyBytes[..body.Length]);
        return answer.Length;
    }

    private static void AppendText(ref HeadBuilder builder, ReadOnlySpan<byte> text, int bytesMax)
    {
        Span<byte> clean = stackalloc byte[MessageBytesMax];
        var length = Math.Min(text.Length, bytesMax);
        for (var i = 0; i < length; i++)
        {
            clean[i] = text[i] switch
            {
                (byte)'"' or (byte)'\\' => (byte)'\'',
                < 0x20 or >= 0x7F => (byte)' ',
                var octet => octet,
            };
        }
        builder.Append(clean[..length]);
    }
}
