using System.Security.Cryptography;
using System.Text;
using Sidecar.Fuzz.Reference;
using Sidecar.Http.Bodies;

namespace Sidecar.Fuzz.Upstream;

/// <summary>What one connection sends: some mutated requests, and how many of them the reference reads whole.</summary>
internal sealed class RequestStream
{
    private const int RequestsMax = 4, HeadLimitBytes = 64 * 1024, FieldsMax = 128;
    private const long BodyLimitBytes = 1L << 30;
    private const int LoggedMax = 1024;
    private const string Mark = "IDIDIDID";

    private static readonly string[] Seeds =
    [
        $"POST /v1/chat/completions?id={Mark} HTTP/1.1\r\nHost: engine:8000\r\nContent-Type: application/json\r\n"
            + "X-Workload-Context: {\"workload_id\":\"a\",\"criticality\":5}\r\nContent-Length: 16\r\n\r\n"
            + $"{{\"id\":\"{Mark}\"}}x",
        $"GET /v1/models?id={Mark} HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
        $"POST /v1/c?id={Mark} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + $"8\r\n{Mark}\r\n6;a=b\r\n world\r\n0\r\nA: b\r\n\r\n",
        $"GET http://other:81/p?id={Mark} HTTP/1.1\r\nHost: a\r\nVia: 1.0 fred\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n",
        $"PUT /v1/d?id={Mark} HTTP/1.1\r\nHost: a\r\nConnection: x-hop, TE\r\nX-Hop: 1\r\nTE: trailers\r\n"
            + $"Content-Length: 0010\r\n\r\nab{Mark}",
        $"\r\nGET /e?id={Mark} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        $"HEAD /f?id={Mark} HTTP/1.1\r\nHost: a\r\n\r\n",
        $"DELETE /g?id={Mark} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ];

    private const int StreamsPerSeed = 50_000_017;

    private static readonly Targets.RequestHeadTarget Heads = new();
    private static readonly Targets.ChunkTarget Chunks = new();

    /// <summary>
    /// No upgrades: where Node ignored one and an error follows, it reports a request twice and then hangs.
    /// </summary>
    private static readonly string[] Words = [.. Heads.Words.Concat(Chunks.Words).Where(
        word => !word.Contains("upgrade", StringComparison.OrdinalIgnoreCase))];

    /// <summary>Each bears the stream's number and its own; the same seed and number give the same bytes.</summary>
    internal RequestStream(Mutator mutator, int seed, int number)
    {
        mutator.Begin(unchecked(seed * StreamsPerSeed + number));
        Count = 1 + mutator.Random.Next(RequestsMax);
        var text = new StringBuilder();
        for (var i = 0; i < Count; i++)
        {
            var request = Encoding.Latin1.GetString(mutator.Next());
            text.Append(request.Replace(Mark, MarkOf(number, i), StringComparison.Ordinal));
        }
        Text = $"{text}";
        Read();
    }

    /// <summary>How many requests went in, before they were mutated.</summary>
    internal int Count { get; }

    internal string Text { get; }

    /// <summary>None of them has a method or a target that the sidecar's log would shorten.</summary>
    internal bool IsLoggedInFull { get; private set; } = true;

    /// <summary>Those that are whole, up to the first that is malformed, cut, or the last by its own word.</summary>
    internal List<ReadRequest> Whole { get; } = [];

    internal static Mutator NewMutator() => new(Seeds, Words, 0);

    /// <summary>As long as the mark, so that lengths stay true: the number to the base of 36, and which of its
    /// requests.</summary>
    private static string MarkOf(int number, int index)
    {
        const string digits = "0123456789abcdefghijklmnopqrstuvwxyz";
        var text = $"-{index}";
        for (var rest = number; text.Length < Mark.Length; rest /= digits.Length)
            text = digits[rest % digits.Length] + text;
        return text;
    }

    private void Read()
    {
        for (var rest = Text; rest != "";)
        {
            var head = ReferenceRequest.Read(rest, HeadLimitBytes, FieldsMax, out _);
            if (head is null || head.Length > BodyLimitBytes) return;
            IsLoggedInFull &= Math.Max(head.Method.Length, head.Target.Length) <= LoggedMax;
            rest = rest[head.HeadLength..];
            string body;
            if (head.IsChunked)
            {
                var chunks = ReferenceChunks.Decode(rest);
                if (chunks.Status != ScanStatus.End) return;
                (body, rest) = (chunks.Payload, rest[chunks.Consumed..]);
            }
            else
            {
                var length = (int)(head.Length ?? 0);
                if (rest.Length < length) return;
                (body, rest) = (rest[..length], rest[length..]);
            }
            var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.Latin1.GetBytes(body)));
            Whole.Add(new ReadRequest(head.Method, head.UpstreamTarget, body.Length, digest));
            if (!head.KeepAlive) return;
        }
    }
}
