using Sidecar.Telemetry;

namespace Sidecar.Proxy;

/// <summary>
/// The one table of what the sidecar answers by itself when a request ends in one of its own outcomes.
/// </summary>
internal static class OwnAnswers
{
    /// <summary>0 where nobody is left to be answered, or the model server's answer stands.</summary>
    internal static int StatusOf(Outcome outcome) => outcome switch
    {
        Outcome.HeadTimeout or Outcome.ClientStalled => 408,
        Outcome.BodyTooLarge => 413,
        Outcome.QueueFull => 429,
        Outcome.UpstreamRefused or Outcome.UpstreamBroken or Outcome.UpstreamMalformed => 502,
        Outcome.QueueTimeout or Outcome.UpstreamUnavailable or Outcome.Draining or Outcome.OutOfMemory => 503,
        Outcome.UpstreamTimeout => 504,
        _ => 0,
    };

    /// <summary>One sentence for people, in ASCII.</summary>
    internal static ReadOnlySpan<byte> MessageOf(Outcome outcome, bool hasTlsFailed = false) => outcome switch
    {
        Outcome.HeadTimeout => "The request's head did not arrive in time."u8,
        Outcome.ClientStalled => "The request's body did not arrive in time."u8,
        Outcome.BodyTooLarge => "The request's body is larger than the limit."u8,
        Outcome.QueueFull => "Too many requests wait for the model server."u8,
        Outcome.QueueTimeout => "The request waited too long for the model server."u8,
        Outcome.UpstreamUnavailable => "The model server is not available."u8,
        Outcome.UpstreamRefused when hasTlsFailed => "The TLS handshake with the model server failed."u8,
        Outcome.UpstreamRefused => "The model server refuses connections."u8,
        Outcome.UpstreamBroken => "The model server closed the connection before it answered."u8,
        Outcome.UpstreamMalformed => "The model server's answer is malformed."u8,
        Outcome.UpstreamTimeout => "The model server did not answer in time."u8,
        Outcome.OutOfMemory => "There is no memory left to hold the request's head."u8,
        Outcome.Draining => "The server is shutting down."u8,
        _ => "The request failed."u8,
    };

    /// <summary>The error object's <c>type</c>, in OpenAI's vocabulary.</summary>
    internal static ReadOnlySpan<byte> TypeOf(int status) => status switch
    {
        429 => "rate_limit_error"u8,
        >= 500 => "server_error"u8,
        _ => "invalid_request_error"u8,
    };
}
