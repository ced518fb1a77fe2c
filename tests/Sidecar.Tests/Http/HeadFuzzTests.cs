using Sidecar.Http;

namespace Sidecar.Tests.Http;

/// <summary>Mutated heads: nothing throws, nothing outside the bytes given decides, and what passes is clean.</summary>
public class HeadFuzzTests
{
    private const int Rounds = 60_000;

    // What is written may be longer than what was read, and so past the bounds of the parser under test.
    private static readonly RequestHeadParser Roomy = new(new RequestHeadOptions());
    private static readonly string[] Poisons = ["\r\n\r\n", "\0\0\0\0", ": a\r\nContent-Length: 9\r\n\r\n"];

    [Fact]
    public void MutatedRequests_NeverThrow_AndDependOnTheirBytesAlone()
    {
        var random = new Random(7);
        var parser = new RequestHeadParser(new RequestHeadOptions { HeadLimitBytes = 400, FieldCountMax = 8 });
        var seeds = HeadCorpus.Valid.Select(row => row.Data).ToArray();
        var valid = 0;
        for (var i = 0; i < Rounds; i++)
        {
            var bytes = Mutate(random, seeds, "Transfer-Encoding: chunked\r\n", "Content-Length: 5\r\n", "Host: a\r\n");
            var outcomes = Poisons.Select(poison => ParseRequest(parser, bytes, poison)).ToArray();
            Assert.All(outcomes, outcome => Assert.Equal(outcomes[0], outcome));
            valid += outcomes[0].Status == ParseStatus.Complete ? 1 : 0;
        }

        Assert.InRange(valid, Rounds / 20, Rounds);
    }

    [Fact]
    public void MutatedResponses_NeverThrow_AndDependOnTheirBytesAlone()
    {
        var random = new Random(8);
        var parser = new ResponseHeadParser(400);
        string[] seeds =
        [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nA: b\r\n\r\n",
            "HTTP/1.0 404 Not Found\r\nConnection: keep-alive, x\r\nKeep-Alive: timeout=5, max=100\r\nX: y\r\n\r\n",
            "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
            "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n",
        ];
        var valid = 0;
        for (var i = 0; i < Rounds; i++)
        {
            var bytes = Mutate(random, seeds, "Transfer-Encoding: chunked\r\n", "Content-Length: 5\r\n", "a: b\r\n");
            var outcomes = Poisons.Select(poison => ParseResponse(parser, bytes, poison)).ToArray();
            Assert.All(outcomes, outcome => Assert.Equal(outcomes[0], outcome));
            valid += outcomes[0].Status == ParseStatus.Complete ? 1 : 0;
        }

        Assert.InRange(valid, Rounds / 20, Rounds);
    }

    private static (ParseStatus Status, HttpFault Fault, string Written) ParseRequest(
        RequestHeadParser parser, byte[] bytes, string poison)
    {
        var buffer = Heads.Surround(bytes, poison);
        var head = new RequestHead(8);
        var scanned = 0;
        var status = parser.Parse(buffer, Heads.Offset, bytes.Length, ref scanned, head, out var fault);
        Assert.Equal(status == ParseStatus.Malformed, fault != HttpFault.None);
        if (status != ParseStatus.Complete)
            return (status, fault, "");
        var source = buffer.AsSpan(Heads.Offset, head.HeadLength);
        var destination = new byte[head.HeadLength + RequestHeadWriter.GrowthBytesMax];
        var length = RequestHeadWriter.Write(head, source, ForwardedFields.None, destination);
        var written = destination.AsSpan(0, length).ToArray();

        // What goes upstream must mean the same to a second strict reader.
        scanned = 0;
        var second = new RequestHead();
        Assert.Equal(ParseStatus.Complete, Roomy.Parse(written, 0, written.Length, ref scanned, second, out _));
        Assert.Equal(written.Length, second.HeadLength);
        Assert.Equal((head.Framing, head.ContentLength), (second.Framing, second.ContentLength));
        return (status, fault, Heads.Text(written));
    }

    private static (ParseStatus Status, HttpFault Fault, string Written) ParseResponse(
        ResponseHeadParser parser, byte[] bytes, string poison)
    {
        var buffer = Heads.Surround(bytes, poison);
        var head = new ResponseHead(8);
        var scanned = 0;
        var status = parser.Parse(
            buffer, Heads.Offset, bytes.Length, ref scanned, KnownMethod.Post, head, out var fault);
        Assert.Equal(status == ParseStatus.Malformed, fault != HttpFault.None);
        if (status != ParseStatus.Complete)
            return (status, fault, "");
        var source = buffer.AsSpan(Heads.Offset, head.HeadLength);
        var edits = new ResponseHeadEdits(KeepAlive: true, ClientVersion11: true, head.Status);
        var destination = new byte[head.HeadLength + ResponseHeadWriter.GrowthBytesMax];
        var written = destination.AsSpan(0, ResponseHeadWriter.Write(head, source, edits, destination)).ToArray();
        scanned = 0;
        var second = new ResponseHead(16);
        Assert.Equal(
            ParseStatus.Complete,
            new ResponseHeadParser().Parse(
                written, 0, written.Length, ref scanned, KnownMethod.Post, second, out _));
        Assert.Equal(
            (written.Length, head.Status, head.Framing), (second.HeadLength, second.Status, second.Framing));
        return (status, fault, Heads.Text(written));
    }

    private static byte[] Mutate(Random random, string[] seeds, params string[] lines)
    {
        const string octets = "\r\n\r\n \t:,;/?#%@\0\x7f\x80\xff09aZ";
        var text = seeds[random.Next(seeds.Length)];
        for (var edits = random.Next(4); edits > 0 && text.Length > 1; edits--)
        {
            var at = random.Next(text.Length);
            text = random.Next(6) switch
            {
                0 => text.Remove(at, 1),
                1 => text.Insert(at, octets[random.Next(octets.Length)].ToString()),
                2 => text.Remove(at, 1).Insert(at, octets[random.Next(octets.Length)].ToString()),
                3 => text[..at],
                4 => text.Insert(text.IndexOf('\n', at) + 1, lines[random.Next(lines.Length)]),
                _ => text.Insert(at, text.Substring(at, random.Next(text.Length - at))),
            };
        }

        return Heads.Bytes(text);
    }
}
