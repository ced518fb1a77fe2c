namespace Sidecar.IntegrationTests.Harness;

/// <summary>Requests and responses in the form they have on the wire.</summary>
internal static class Requests
{
    internal const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    internal const string Get = "GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n";

    internal static string Post(string body, string? context = null)
    {
        var field = context is null ? "" : $"X-Workload-Context: {context}\r\n";
        return $"POST /v1/completions HTTP/1.1\r\nHost: a\r\n{field}Content-Length: {body.Length}\r\n\r\n{body}";
    }

    internal static string Of(string workload, int criticality, string body) =>
        Post(body, $$"""{"workload_id":"{{workload}}","criticality":{{criticality}}}""");
}
