using System.Net;
using System.Text;
using Sidecar.Fuzz.Reference;
using Sidecar.Http;
using Sidecar.Http.Bodies;
using Sidecar.Http.Requests;
using static Sidecar.Fuzz.Reference.ReferenceFields;

namespace Sidecar.Fuzz.Targets;

/// <summary>
/// The parser of request heads, whole and cut anywhere, and the writer of what goes upstream: it has to mean the same,
/// less what ends here.
/// </summary>
internal sealed class RequestHeadTarget : IFuzzTarget
{
    private const int HeadLimitBytes = 2048, FieldsMax = 24;
    private const string MarkedPath = "/v1/models", MarkedPrefix = "/v2/";

    private const string Pseudonym = "sidecar-3f9a2c1e";

    private static readonly ViaPseudonym Own = new(Pseudonym);

    private static readonly (ForwardedFields Fields, string Client, string Protocol)[] Connections =
    [
        (new ForwardedFields(IPAddress.Parse("10.1.2.3"), isTls: true, Own), "10.1.2.3", "https"),
        (new ForwardedFields(IPAddress.Parse("::ffff:10.1.2.3"), isTls: false, Own), "10.1.2.3", "http"),
        (new ForwardedFields(IPAddress.Parse("2001:db8:1111:2222:3333:4444:5555:6666"), isTls: true, Own),
            "2001:db8:1111:2222:3333:4444:5555:6666", "https"),
        (new ForwardedFields(null, isTls: false, Own), "", "http"),
    ];

    private static readonly string[] EndsHere =
    [
        "connection", "keep-alive", "proxy-connection", "te", "upgrade", "expect", "content-length",
        "transfer-encoding", "host", "via", "x-forwarded-for", "x-forwarded-proto",
    ];

    private readonly RequestHeadParser _parser = new(new RequestHeadOptions
    {
        HeadLimitBytes = HeadLimitBytes, MarkedPaths = [MarkedPath, MarkedPrefix + "*"],
        Pseudonym = Own,
    });

    private readonly RequestHead _head = new(FieldsMax);
    private readonly byte[] _buffer = new byte[Mutator.BytesMax + 64];
    private readonly byte[] _written = new byte[Mutator.BytesMax + RequestHeadWriter.GrowthBytesMax];

    public string Name => "head";

    public IReadOnlyList<string> Seeds =>
    [
        "POST /v1/chat/completions HTTP/1.1\r\nHost: engine:8000\r\nUser-Agent: a/1.0 (b; c)\r\n"
            + "X-Workload-Context: {\"workload_id\":\"a\",\"criticality\":5}\r\nContent-Type: application/json\r\n"
            + "Content-Length: 12\r\n\r\n{\"a\":\"b\"}xyz",
        "GET /v1/models?a=b%20c HTTP/1.1\r\nHost:b\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: [::1]:80\r\nTransfer-Encoding: chunked\r\nTE: trailers\r\n"
            + "Connection: TE, close\r\n\r\n",
        "GET http://other:81/p?q HTTP/1.1\r\nHost: a\r\nVia: 1.0 fred\r\nX-Forwarded-For: 1.2.3.4, 5.6.7.8\r\n"
            + "X-Forwarded-Proto: https\r\nX-Forwarded-For: ::1\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nConnection: x-hop, Keep-Alive\r\nX-Hop: 1\r\n"
            + "Keep-Alive: timeout=5\r\nProxy-Connection: close\r\nContent-Length: 007\r\n\r\n",
        "\r\nGET / HTTP/1.0\r\nX-Gateway-Inference-Fairness-Id: b\r\nX-LLM-D-Inference-Fairness-Id: c\r\n\r\n",
        "GET /realtime HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Key: k\r\n\r\n",
    ];

    public IReadOnlyList<string> Words =>
    [
        "\r\n", "\r", "\n", "\r\n\r\n", ":", " ", "\t", ",", ";", "\0", "\x0b", "\x7f", "\x80", "\xff", "#", "?",
        "%00", "@", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "CONNECT", "OPTIONS", "GET", "PURGE", "*", "http://",
        "https://h", "/", "Host: b\r\n", "Host:\r\n", "Content-Length: 5\r\n", "Content-Length: +5\r\n",
        "Content-Length: 5,5\r\n", "Content-Length : 5\r\n", "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: identity, chunked\r\n", "Transfer-Encoding:\vchunked\r\n",
        "Transfer-Encoding: CHUNKED\r\n", " folded: x\r\n", "Connection: close\r\n",
        "Connection: host, content-length, x-a\r\n", "Connection: upgrade\r\n", "Upgrade: h2c\r\n",
        "Upgrade: a, tls/1\r\n", "Expect: 200-ok\r\n", "X-A: b\r\n", "x-workload-context: {}\r\n", "TE: trailers\r\n",
        "TE: gzip\r\n", "Via: 1.1 a\r\n", "Via: 1.1 sidecar-3f9a2c1e\r\n",
        ", HTTP/1.0\tSidecar-3F9A2C1E:80 (c)", "Host: :80\r\n", "http://:80",
        "Transfer-Encoding: , chunked,\t,\r\n", "X-Forwarded-For:\r\n", "Keep-Alive: max=1\r\n", "chunked",
        "keep-alive", "trailers", "999999999999999999", "0",
    ];

    public FuzzVerdict Try(ReadOnlySpan<byte> input, Random random)
    {
        var text = Encoding.Latin1.GetString(input);
        var reference = ReferenceRequest.Read(text, HeadLimitBytes, FieldsMax, out var isMalformed, Pseudonym);
        var start = random.Next(1, 60);
        input.CopyTo(_buffer.AsSpan(start));
        // Whoever looks beyond what is at hand finds an end that is not there.
        "\r\n\r\n"u8.CopyTo(_buffer.AsSpan(start + input.Length));
        var status = CutInput.Parse(input.Length, random, (int length, ref int scanned) =>
            _parser.Parse(_buffer, start, length, ref scanned, _head, out _));
        var expected = reference is not null ? ParseStatus.Complete
            : isMalformed ? ParseStatus.Malformed
            : ParseStatus.Incomplete;
        if (status != expected || reference is null) return FuzzVerdict.Of(false, $"{status}", $"{expected}");
        var source = _buffer.AsSpan(start, _head.HeadLength);
        var verdict = FuzzVerdict.Of(true, Meaning(source), Meaning(reference));
        return verdict.Difference is null ? TryWritten(source, reference, random) : verdict;
    }

    private FuzzVerdict TryWritten(ReadOnlySpan<byte> source, ReferenceRequest reference, Random random)
    {
        var (forwarded, client, protocol) = Connections[random.Next(Connections.Length)];
        var length = RequestHeadWriter.Write(_head, source, forwarded, _written);
        if (length > _head.HeadLength + RequestHeadWriter.GrowthBytesMax)
            return new FuzzVerdict(true, $"grew by {length - _head.HeadLength}");
        var text = Encoding.Latin1.GetString(_written, 0, length);
        // Where HTTP/1.0 named no host the model server is told of none; what it makes of that is for it to say.
        var upstream = ReferenceRequest.Read(text, int.MaxValue, int.MaxValue, out _, needsHost: reference.NamesHost);
        if (upstream is null || upstream.HeadLength != length) return new FuzzVerdict(true, $"wrote no head: {text}");
        if (upstream.Fields.Any(field => Leaks(field, reference)))
            return new FuzzVerdict(true, $"let something pass that ends here: {text}");
        return FuzzVerdict.Of(true, Meaning(upstream, EndToEnd(upstream, "", "")),
            Upstream(reference, client, protocol));
    }

    /// <summary>A field that ends at this hop (RFC 9110 section 7.6.1), but for what this hop says itself.</summary>
    private static bool Leaks((string Name, string Value) field, ReferenceRequest from) =>
        field.Name.ToLowerInvariant() switch
        {
            "keep-alive" or "proxy-connection" or "expect" => true,
            "te" => !Same(field.Value, "trailers"),
            "upgrade" => !from.AsksUpgrade,
            "transfer-encoding" => !Same(field.Value, "chunked"),
            "connection" => Elements(field.Value.ToLowerInvariant()).Any(option => option
                is not ("" or "keep-alive" or "te" or "upgrade")),
            _ => false,
        };

    /// <summary>What the model server has to read.</summary>
    private static string Upstream(ReferenceRequest request, string client, string protocol)
    {
        var fields = EndToEnd(request, client, protocol).Where(field => field.Name != "host").ToList();
        fields.Add(("host", request.Authority != "" ? request.Authority
            : ValuesOf(request.Fields, "host").FirstOrDefault() ?? ""));
        return Meaning(request with { Target = request.UpstreamTarget, IsHttp11 = true, Options = [] }, fields);
    }

    /// <summary>Fields that go on, and what is added to those of forwarders before.</summary>
    /// <param name="request">As it came, or as it was written.</param>
    /// <param name="client">Its address, or empty where there is none.</param>
    /// <param name="protocol">The client's; empty: the request was written here, so that all is added.</param>
    private static List<(string Name, string Value)> EndToEnd(
        ReferenceRequest request, string client, string protocol)
    {
        var isWritten = protocol == "";
        var dropped = request.Options.Where(option => option != "host").ToHashSet();
        var kept = request.Fields
            .Select(field => (Name: field.Name.ToLowerInvariant(), field.Value))
            .Where(field => isWritten || !dropped.Contains(field.Name)).ToList();
        var fields = kept.Where(field => !EndsHere.Contains(field.Name) || field.Name == "host").ToList();
        if (request.AsksUpgrade)
            fields.AddRange(ValuesOf(request.Fields, "upgrade").Select(value => ("upgrade", value)));
        var via = string.Join(", ", ValuesOf(kept, "via"));
        var clients = string.Join(", ", ValuesOf(kept, "x-forwarded-for").Where(value => value != ""));
        var protocols = ValuesOf(kept, "x-forwarded-proto");
        if (!isWritten)
        {
            via += $"{(ValuesOf(kept, "via").Count > 0 ? ", " : "")}1.{(request.IsHttp11 ? 1 : 0)} {Pseudonym}";
            if (client != "") clients += $"{(clients != "" ? ", " : "")}{client}";
            if (protocols.Count == 0) protocols.Add(protocol);
        }
        fields.AddRange([("via", via), ("x-forwarded-for", clients)]);
        fields.AddRange(protocols.Select(protocol => ("x-forwarded-proto", protocol)));
        return fields;
    }

    private static string Meaning(ReferenceRequest request, List<(string Name, string Value)> fields) =>
        $"{request.Method} {request.Target} chunked={request.IsChunked} length={request.Length} {Sorted(fields)}";

    private static string Meaning(ReferenceRequest head) =>
        $"{head.HeadLength} {head.Method} {MethodOf(head.Method)} {IsMarked(head.UpstreamTarget)} "
        + $"{head.Target} {head.Authority} 11={head.IsHttp11} "
        + $"chunked={head.IsChunked} length={head.Length ?? 0} keep={head.KeepAlive} expect={head.ExpectsContinue} "
        + $"upgrade={head.AsksUpgrade} context={head.Context} fairness={head.FairnessId} "
        + string.Join("; ", head.Fields.Select(field => $"{field.Name}={field.Value}"));

    private static KnownMethod MethodOf(string name) => name switch
    {
        "GET" => KnownMethod.Get,
        "HEAD" => KnownMethod.Head,
        "POST" => KnownMethod.Post,
        "PUT" => KnownMethod.Put,
        "DELETE" => KnownMethod.Delete,
        "PATCH" => KnownMethod.Patch,
        "OPTIONS" => KnownMethod.Options,
        "TRACE" => KnownMethod.Trace,
        _ => KnownMethod.Other,
    };

    private static bool IsMarked(string target)
    {
        var path = target.Split('?')[0];
        return path == MarkedPath || path.StartsWith(MarkedPrefix, StringComparison.Ordinal);
    }

    private string Meaning(ReadOnlySpan<byte> source)
    {
        var text = Encoding.Latin1.GetString(source);
        string In(ByteRange range) => text.Substring(range.Start, range.Length);
        var fields = new List<string>();
        foreach (ref readonly var line in _head.Fields.Lines) fields.Add($"{In(line.Name)}={In(line.Value)}");
        return $"{_head.HeadLength} {In(_head.MethodName)} {_head.Method} {_head.HasMarkedPath} "
            + $"{In(_head.Target)} {In(_head.Authority)} "
            + $"11={_head.IsHttp11} chunked={_head.Framing == BodyFraming.Chunked} length={_head.ContentLength} "
            + $"keep={_head.KeepAlive} expect={_head.ExpectContinue} upgrade={_head.Upgrade} "
            + $"context={(_head.HasWorkloadContext ? In(_head.WorkloadContext) : null)} "
            + $"fairness={(_head.HasFairnessId ? In(_head.FairnessId) : null)} " + string.Join("; ", fields);
    }
}
