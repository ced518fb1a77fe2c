using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Sidecar.Testing;

namespace Sidecar.Conformance;

/// <summary>
/// The server behind the proxy: reads strictly, writes down what it was sent under the case's mark, and answers as the
/// case says, else with 200. Safe from any thread.
/// </summary>
internal sealed partial class RecordingServer : IDisposable
{
    private const string Closes = "{close}", Resets = "{reset}";

    private readonly SocketServer _server;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<WireMessage>> _requests = new();
    private readonly ConcurrentDictionary<string, Script> _scripts = new();
    private readonly ConcurrentQueue<string> _violations = new();
    private int _connections;

    internal RecordingServer() =>
        _server = new SocketServer(peer => ServeAsync(peer.Socket, Interlocked.Increment(ref _connections)));

    internal IPEndPoint EndPoint => _server.EndPoint;

    /// <summary>What reached the server and is no request, or one that nobody had sent.</summary>
    internal IReadOnlyCollection<string> Violations => _violations;

    /// <summary>The whole requests that bear the mark, in their order.</summary>
    internal IReadOnlyList<WireMessage> RequestsOf(string id) =>
        _requests.TryGetValue(id, out var requests) ? [.. requests] : [];

    /// <summary>Has the request with this mark answered so. What it returns ends when all of it has been sent, or
    /// cannot be.</summary>
    internal Task Answer(string id, string answer, bool byBytes)
    {
        var script = new Script(answer, byBytes, new TaskCompletionSource());
        _scripts[id] = script;
        return script.Sent.Task;
    }

    public void Dispose() => _server.Dispose();

    private async Task ServeAsync(Socket socket, int connection)
    {
        using var _ = socket;
        var reader = new WireReader(socket);
        try
        {
            while (await reader.ReadHeadAsync(connection, default) is { } head)
            {
                if (!RequestLine().IsMatch(head.Line))
                    throw new InvalidDataException($"no request line: {CorpusText.Show(head.Line)}");
                var request = await reader.ReadBodyAsync(head, isBodiless: false, mayEndWithConnection: false, default);
                if (!request.IsWhole) return;
                if (!await AnswerAsync(socket, request)) return;
            }
        }
        catch (InvalidDataException violation)
        {
            _violations.Enqueue(violation.Message);
        }
    }

    private async Task<bool> AnswerAsync(Socket socket, WireMessage request)
    {
        if (request.Target == "/health") return await SendAsync(socket, Ok(request, ""), false);
        var mark = Mark().Match($"{request.Line} {string.Join(' ', request.ValuesOf("x-case"))}");
        if (!mark.Success)
        {
            _violations.Enqueue($"nobody sent {CorpusText.Show(request.Line)}");
            return false;
        }
        _requests.GetOrAdd(mark.Value, _ => new()).Enqueue(request);
        if (!_scripts.TryRemove(mark.Value, out var script))
            return await SendAsync(socket, Ok(request, mark.Value), false);
        try
        {
            return await SendAsync(socket, script.Answer, script.ByBytes);
        }
        finally
        {
            script.Sent.SetResult();
        }
    }

    private static string Ok(WireMessage request, string body)
    {
        if (request.Method == "HEAD") body = "";
        return $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}";
    }

    private static async Task<bool> SendAsync(Socket socket, string answer, bool byBytes)
    {
        var text = answer.Replace(Closes, "", StringComparison.Ordinal).Replace(Resets, "", StringComparison.Ordinal);
        await Wire.SendAsync(socket, text, byBytes);
        if (answer.EndsWith(Resets, StringComparison.Ordinal)) socket.LingerState = new LingerOption(true, 0);
        return !answer.EndsWith(Closes, StringComparison.Ordinal) && !answer.EndsWith(Resets, StringComparison.Ordinal);
    }

    private sealed record Script(string Answer, bool ByBytes, TaskCompletionSource Sent);

    [GeneratedRegex(@"^[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [\x21-\x7e\x80-\xff]+ HTTP/1\.[01]\z")]
    private static partial Regex RequestLine();

    [GeneratedRegex("k[0-9]{5}")]
    private static partial Regex Mark();
}
