namespace Sidecar.Testing;

/// <summary>Requests and responses in the form they have on the wire.</summary>
public static class Requests
{
    public const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    public const string OkAndClose = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";

    public const string Get = "GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n";

    public static string Post(string body = "{}", string fields = "") =>
        $"POST /v1/completions HTTP/1.1\r\nHost: a\r\n{fields}Content-Length: {body.Length}\r\n\r\n{body}";

    public static string Of(string workload, int criticality, string body = "{}") => Post(
        body, $"X-Workload-Context: {{\"workload_id\":\"{workload}\",\"criticality\":{criticality}}}\r\n");
}
