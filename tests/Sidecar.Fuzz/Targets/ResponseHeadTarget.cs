using System.Text;
using Sidecar.Fuzz.Reference;
using Sidecar.Http;
using Sidecar.Http.Bodies;
using Sidecar.Http.Fields;
using Sidecar.Http.Responses;
using static Sidecar.Fuzz.Reference.ReferenceFields;

namespace Sidecar.Fuzz.Targets;

/// <summary>The parser of response heads, whole and cut anywhere, and the writer of what goes to the client.</summary>
internal sealed class ResponseHeadTarget : IFuzzTarget
{
    private const int HeadLimitBytes = 2048, FieldsMax = 24;

    private static readonly string[] EndsHere =
        ["connection", "keep-alive", "proxy-connection", "te", "upgrade", "content-length", "transfer-encoding"];

    private readonly ResponseHeadParser _parser = new(HeadLimitBytes);
    private readonly ResponseHead _head = new(new FieldLines(FieldsMax));
    private readonly byte[] _buffer = new byte[Mutator.BytesMax + 64];
    private readonly byte[] _written = new byte[Mutator.BytesMax + ResponseHeadWriter.GrowthBytesMax];

    public string Name => "response";

    public IReadOnlyList<string> Seeds =>
    [
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\nServer: a\r\n\r\n5\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nA: b\r\nKeep-Alive: timeout=5, max=100\r\n\r\nhello",
        "HTTP/1.0 404 Not Found\r\nConnection: keep-alive, x\r\nX: y\r\nContent-Length: 007\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        "HTTP/1.1 204\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\nETag: \"a\"\r\n\r\n",
        "HTTP/1.1 503 \r\nRetry-After: 5\r\n\r\nuntil close",
    ];

    public IReadOnlyList<string> Words =>
    [
        "\r\n", "\r", "\n", "\r\n\r\n", ":", " ", "\t", ",", "\0", "\x7f", "\x80", "\xff", "HTTP/1.1", "HTTP/1.0",
        "HTTP/2 ", "HTTP/1.1 099 ", "HTTP/1.1 600 ", "100", "103", "204", "304",
        "Content-Length: 5\r\n", "Content-Length: -5\r\n",
        "Content-Length: 5, 5\r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding:,, chunked ,\r\n",
        "Connection: close\r\n", "A : b\r\n", "Connection: a, content-length\r\n", "Keep-Alive: max=0\r\n",
        "Keep-Alive: timeout = 3 , max=x\r\n", " fold: x\r\n", "Upgrade: x\r\n", "Proxy-Connection: x\r\n",
        "TE: x\r\n", "X-A: b\r\n", "0", "9",
    ];

    public FuzzVerdict Try(ReadOnlySpan<byte> input, Random random)
    {
        var method = random.Next(3) == 0 ? KnownMethod.Head : KnownMethod.Post;
        var text = Encoding.Latin1.GetString(input);
        var reference = ReferenceResponse.Read(text, HeadLimitBytes, FieldsMax, method, out var isMalformed);
        var start = random.Next(1, 60);
        input.CopyTo(_buffer.AsSpan(start));
        "\r\n\r\n"u8.CopyTo(_buffer.AsSpan(start + input.Length));
        var status = CutInput.Parse(input.Length, random, (int length, ref int scanned) =>
            _parser.Parse(_buffer, start, length, ref scanned, method, _head, out _));
        var expected = reference is not null ? ParseStatus.Complete
            : isMalformed ? ParseStatus.Malformed
            : ParseStatus.Incomplete;
        if (status != expected || reference is null) return FuzzVerdict.Of(false, $"{status}", $"{expected}");
        var source = _buffer.AsSpan(start, _head.HeadLength);
        var verdict = FuzzVerdict.Of(true, Meaning(source), Meaning(reference));
        return verdict.Difference is null ? TryWritten(source, reference, random) : verdict;
    }

    private FuzzVerdict TryWritten(ReadOnlySpan<byte> source, ReferenceResponse reference, Random random)
    {
        // A client of HTTP/1.0 is sent no interim response at all.
        var client11 = reference.Status < 200 || random.Next(4) > 0;
        var edits = new ResponseHeadEdits(
            random.Next(2) == 0, client11, random.Next(2) == 0 ? -1 : random.Next(), random.Next(2) == 0);
        var length = ResponseHeadWriter.Write(_head, source, edits, _written);
        if (length > _head.HeadLength + ResponseHeadWriter.GrowthBytesMax)
            return new FuzzVerdict(true, $"grew by {length - _head.HeadLength}");
        var text = Encoding.Latin1.GetString(_written, 0, length);
        var written = ReferenceResponse.Read(text, int.MaxValue, int.MaxValue, reference.RequestMethod, out _);
        if (written is null || written.HeadLength != length) return new FuzzVerdict(true, $"wrote no head: {text}");
        var upgrades = edits.Upgrade && reference.Status == 101 ? ValuesOf(reference.Fields, "upgrade") : [];
        if (!upgrades.SequenceEqual(ValuesOf(written.Fields, "upgrade")))
            return new FuzzVerdict(true, $"upgrades to something else: {text}");
        if (written.Fields.Any(field => Leaks(field, edits, reference.Status)))
            return new FuzzVerdict(true, $"let something pass that ends here: {text}");
        // What a body that is not there would have had may be told, but not for 1xx and 204 (RFC 9110 section 8.6).
        var isTold = reference.Status is >= 200 and not 204;
        // Who knows no chunks gets the payload alone, and the connection's end as its end.
        var isBare = reference.Framing == BodyFraming.Chunked && !client11;
        var framing = isBare ? BodyFraming.UntilClose : reference.Framing;
        var keeps = edits.KeepAlive && framing != BodyFraming.UntilClose;
        var isKept = client11 ? !written.Options.Contains("close") : written.Options.Contains("keep-alive");
        return FuzzVerdict.Of(
            true,
            Towards(written, written.Framing, written.Length, reference.IsInterimOr(isKept)),
            Towards(reference, framing, isTold ? reference.Length : null, reference.IsInterimOr(keeps)));
    }

    /// <summary>A field that ends at this hop (RFC 9110 section 7.6.1), but for what this hop says itself.</summary>
    private static bool Leaks((string Name, string Value) field, ResponseHeadEdits edits, int status) =>
        field.Name.ToLowerInvariant() switch
        {
            "keep-alive" or "proxy-connection" or "te" => true,
            "connection" => field.Value != (status == 101 && edits.Upgrade ? "Upgrade"
                : edits.KeepAlive && !edits.ClientIsHttp11 ? "keep-alive"
                : "close") && field.Value != "close",
            _ => false,
        };

    private static string Towards(ReferenceResponse head, BodyFraming framing, long? length, bool keeps)
    {
        var kept = head.Fields.Where(field => !EndsHere.Contains(field.Name.ToLowerInvariant())
            && !head.Options.Contains(field.Name.ToLowerInvariant())
            && !Same(field.Name, "server-timing"));
        return $"{head.Status} {head.Reason} {framing} {length} keep={keeps} {Sorted(kept)}";
    }

    private static string Meaning(ReferenceResponse head) =>
        $"{head.HeadLength} {head.Status} {head.Reason} 11={head.IsHttp11} {head.Framing} {head.Length ?? 0} "
        + $"keep={head.KeepAlive} {head.Parameter("timeout")} {head.Parameter("max")} "
        + string.Join("; ", head.Fields.Select(field => $"{field.Name}={field.Value}"));

    private string Meaning(ReadOnlySpan<byte> source)
    {
        var text = Encoding.Latin1.GetString(source);
        string In(ByteRange range) => text.Substring(range.Start, range.Length);
        var fields = new List<string>();
        foreach (ref readonly var line in _head.Fields.Lines) fields.Add($"{In(line.Name)}={In(line.Value)}");
        return $"{_head.HeadLength} {_head.Status} {In(_head.Reason)} 11={_head.IsHttp11} {_head.Framing} "
            + $"{_head.ContentLength} keep={_head.KeepAlive} {_head.KeepAliveTimeoutSeconds} {_head.KeepAliveMax} "
            + string.Join("; ", fields);
    }
}
