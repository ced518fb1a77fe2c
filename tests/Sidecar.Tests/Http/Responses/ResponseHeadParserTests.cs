using Sidecar.Http;
using Sidecar.Http.Bodies;
using Sidecar.Http.Fields;
using Sidecar.Http.Responses;

namespace Sidecar.Tests.Http.Responses;

public class ResponseHeadParserTests
{
    public static TheoryData<string, HttpFault> Invalid => new()
    {
        { "\r\n", HttpFault.BadStatusLine },
        { "\r\nHTTP/1.1 200 OK\r\n\r\n", HttpFault.BadStatusLine },
        { "HTTP/1.1 200 OK\n\n", HttpFault.BareLineFeed },
        { "HTTP/1.1 200 OK\r\nA: b\rC: d\r\n\r\n", HttpFault.BareCarriageReturn },
        { "HTTP/1.1 200 OK\r\nA: \0\r\n\r\n", HttpFault.ControlOctet },
        { "HTTP/2.0 200 OK\r\n\r\n", HttpFault.BadStatusLine },
        { "HTTP/1.2 200 OK\r\n\r\n", HttpFault.UnsupportedVersion },
        { "HTTP/1.1  200 OK\r\n\r\n", HttpFault.BadStatusLine },
        { "HTTP/1.1\t200 OK\r\n\r\n", HttpFault.BadStatusLine },
        { "HTTP/1.11200 OK\r\n\r\n", HttpFault.BadStatusLine },
        { "HTTP/1.1 20\r\n\r\n", HttpFault.BadStatusLine },
        { "HTTP/1.1 2000 OK\r\n\r\n", HttpFault.BadStatusLine },
        { "HTTP/1.1 099 OK\r\n\r\n", HttpFault.BadStatusLine },
        { "HTTP/1.1 600 OK\r\n\r\n", HttpFault.BadStatusLine },
        { "HTTP/1.1 +20 OK\r\n\r\n", HttpFault.BadStatusLine },
        { "http/1.1 200 OK\r\n\r\n", HttpFault.BadStatusLine },
        { "200 OK\r\n\r\n", HttpFault.BadStatusLine },
        { "HTTP/1.1 200 OK\r\nNo colon\r\n\r\n", HttpFault.BadFieldLine },
        { "HTTP/1.1 200 OK\r\n: v\r\n\r\n", HttpFault.BadFieldName },
        { "HTTP/1.1 200 OK\r\na@: v\r\n\r\n", HttpFault.BadFieldName },
        { "HTTP/1.1 200 OK\r\nA : v\r\n\r\n", HttpFault.SpaceBeforeColon },
        { "HTTP/1.1 200 OK\r\nA: v\r\n w\r\n\r\n", HttpFault.FoldedLine },
        { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", HttpFault.ContentLengthRepeated },
        { "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", HttpFault.BadContentLength },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", HttpFault.UnknownTransferCoding },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: , ,\r\n\r\n", HttpFault.BadTransferCoding },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked,,chunked\r\n\r\n", HttpFault.BadTransferCoding },
        { "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", HttpFault.TransferCodingInHttp10 },
        {
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            HttpFault.TransferCodingRepeated
        },
        {
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
            HttpFault.LengthWithTransferCoding
        },
        { "HTTP/1.1 200 OK\r\nConnection: a b\r\n\r\n", HttpFault.BadConnectionOption },
    };

    [Theory]
    [InlineData(200, "", KnownMethod.Get, BodyFraming.UntilClose)]
    [InlineData(200, "Content-Length: 5\r\n", KnownMethod.Get, BodyFraming.Length)]
    [InlineData(200, "Content-Length: 0\r\n", KnownMethod.Post, BodyFraming.Length)]
    [InlineData(500, "Transfer-Encoding: chunked\r\n", KnownMethod.Post, BodyFraming.Chunked)]
    [InlineData(200, "Transfer-Encoding: ,chunked,\r\n", KnownMethod.Get, BodyFraming.Chunked)]
    [InlineData(200, "Content-Length: 5\r\n", KnownMethod.Head, BodyFraming.None)]
    [InlineData(200, "Transfer-Encoding: chunked\r\n", KnownMethod.Head, BodyFraming.None)]
    [InlineData(200, "", KnownMethod.Head, BodyFraming.None)]
    [InlineData(100, "", KnownMethod.Post, BodyFraming.None)]
    [InlineData(103, "Content-Length: 5\r\n", KnownMethod.Get, BodyFraming.None)]
    [InlineData(101, "", KnownMethod.Get, BodyFraming.None)]
    [InlineData(204, "", KnownMethod.Get, BodyFraming.None)]
    [InlineData(204, "Content-Length: 5\r\n", KnownMethod.Get, BodyFraming.None)]
    [InlineData(205, "", KnownMethod.Get, BodyFraming.UntilClose)]
    [InlineData(304, "Content-Length: 5\r\n", KnownMethod.Get, BodyFraming.None)]
    [InlineData(304, "", KnownMethod.Get, BodyFraming.None)]
    public void Framing_FollowsStatusMethodAndFields(int status, string fields, KnownMethod method, BodyFraming framing)
    {
        var head = Heads.ValidResponse($"HTTP/1.1 {status} R\r\n{fields}\r\n", method);
        Assert.Equal((status, framing), (head.Status, head.Framing));
        Assert.Equal(fields.Contains('5') ? 5 : 0, head.ContentLength);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n", false)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n", false)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: Keep-Alive\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nKeep-Alive: timeout=5, max=0\r\n", false)]
    [InlineData("HTTP/1.1 204 No\r\n", true)]
    [InlineData("HTTP/1.1 204 No\r\nContent-Length: 0\r\n", true)]
    [InlineData("HTTP/1.1 204 No\r\nContent-Length: 5\r\n", false)]
    [InlineData("HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n", false)]
    [InlineData("HTTP/1.1 304 No\r\n", true)]
    [InlineData("HTTP/1.1 304 No\r\nContent-Length: 5\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\n", true, KnownMethod.Head)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n", true, KnownMethod.Head)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", false, KnownMethod.Head)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n", false, KnownMethod.Head)]
    public void KeepAlive_NeedsAnEndThatIsMarked_AndNoBodyThatMayStillCome(
        string text, bool keepAlive, KnownMethod method = KnownMethod.Get) =>
        Assert.Equal(keepAlive, Heads.ValidResponse(text + "\r\n", method).KeepAlive);

    [Theory]
    [InlineData("Keep-Alive: timeout=5, max=100\r\n", 5, 100)]
    [InlineData("Keep-Alive: MAX=1\r\n", -1, 1)]
    [InlineData("Keep-Alive: timeout = 7\r\n", 7, -1)]
    [InlineData("Keep-Alive: timeout=99999999999\r\n", int.MaxValue, -1)]
    [InlineData("Keep-Alive: timeout=x, max=-1,\r\n", -1, -1)]
    [InlineData("", -1, -1)]
    public void KeepAliveParameters_AreRead(string field, int timeoutSeconds, int max)
    {
        var head = Heads.ValidResponse($"HTTP/1.1 200 OK\r\n{field}Content-Length: 1\r\n\r\n");
        Assert.Equal((timeoutSeconds, max), (head.KeepAliveTimeoutSeconds, head.KeepAliveMax));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK", "OK")]
    [InlineData("HTTP/1.1 404 Not Found ", "Not Found ")]
    [InlineData("HTTP/1.1 200 ", "")]
    [InlineData("HTTP/1.1 200", "")]
    public void Reason_MayBeMissing(string line, string reason)
    {
        var head = Heads.ValidResponse(line + "\r\nA:\t b \r\n\r\n");
        Assert.Equal(reason, Heads.Text(head.Reason.In(Heads.Bytes(line))));
        Assert.Equal("b", Heads.Text(head.Fields.Lines[0].Value.In(Heads.Bytes(line + "\r\nA:\t b \r\n\r\n"))));
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void InvalidHead_IsMalformed_WholeAndAfterEveryCut(string text, HttpFault fault)
    {
        Assert.Equal((ParseStatus.Malformed, fault), Heads.ParseResponse(text, out _));
        for (var cut = 0; cut < text.Length; cut++)
        {
            var scanned = 0;
            var result = ParseCut(text, cut, ref scanned);
            if (result.Status == ParseStatus.Incomplete) result = ParseCut(text, text.Length, ref scanned);
            Assert.Equal((ParseStatus.Malformed, fault), result);
        }
    }

    [Fact]
    public void ValidHead_ByteByByte_IsCompleteAtItsLast()
    {
        const string text = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nEmpty:\r\n\r\n";
        var scanned = 0;
        for (var cut = 0; cut < text.Length; cut++)
            Assert.Equal((ParseStatus.Incomplete, HttpFault.None), ParseCut(text, cut, ref scanned));
        Assert.Equal((ParseStatus.Complete, HttpFault.None), ParseCut(text, text.Length, ref scanned));
    }

    [Fact]
    public void HeadAndFieldCount_AreBounded()
    {
        var fields = string.Concat(Enumerable.Range(0, 128).Select(i => $"X-{i}: {i}\r\n"));
        Assert.Equal(128, Heads.ValidResponse($"HTTP/1.1 200 OK\r\n{fields}\r\n").Fields.Count);
        Assert.Equal(
            (ParseStatus.Malformed, HttpFault.TooManyFields),
            Heads.ParseResponse($"HTTP/1.1 200 OK\r\n{fields}Y: z\r\n\r\n", out _));
        var long1 = $"HTTP/1.1 200 OK\r\nX: {new string('x', 64 * 1024)}";
        Assert.Equal((ParseStatus.Malformed, HttpFault.HeadTooLarge), Heads.ParseResponse(long1, out _));
    }

    private static (ParseStatus Status, HttpFault Fault) ParseCut(string text, int cut, ref int scanned)
    {
        var buffer = Heads.Surround(Heads.Bytes(text[..cut]));
        var status = new ResponseHeadParser().Parse(
            buffer, Heads.Offset, cut, ref scanned, KnownMethod.Get, new ResponseHead(new FieldLines()), out var fault);
        return (status, fault);
    }
}
