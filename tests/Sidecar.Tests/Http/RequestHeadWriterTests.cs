using Sidecar.Http;

namespace Sidecar.Tests.Http;

public class RequestHeadWriterTests
{
    [Theory]
    [InlineData("Connection: keep-alive\r\n", "Connection: keep-alive\r\n")]
    [InlineData("Connection: close\r\nA: b\r\n", "A: b\r\n")]
    [InlineData("Connection: keep-alive, X-Hop\r\nx-hop: 1\r\nA: b\r\nX-HOP: 2\r\n", "A: b\r\n")]
    [InlineData("A: b\r\nKeep-Alive: timeout=5\r\nProxy-Connection: x\r\nC: d\r\n", "A: b\r\nC: d\r\n")]
    [InlineData("Upgrade: websocket\r\nA: b\r\n", "A: b\r\n")]
    [InlineData("Expect: 100-continue\r\nA: b\r\n", "A: b\r\n")]
    [InlineData("TE: trailers\r\nA: b\r\n", "A: b\r\n")]
    [InlineData("Connection: TE\r\nTE: gzip\r\nA: b\r\n", "A: b\r\n")]
    [InlineData("Connection: TE\r\nTE: trailers\r\nA: b\r\n", "A: b\r\nTE: trailers\r\nConnection: TE\r\n")]
    [InlineData(
        "Upgrade: websocket\r\nConnection: upgrade\r\nA: b\r\n",
        "Upgrade: websocket\r\nA: b\r\nConnection: Upgrade\r\n")]
    [InlineData("Connection: upgrade, http2-settings\r\nUpgrade: h2c\r\nHTTP2-Settings: a\r\n", "")]
    [InlineData("content-length: 007\r\nA: b\r\n", "A: b\r\nContent-Length: 7\r\n")]
    [InlineData(
        "transfer-encoding: CHUNKED\r\nConnection: transfer-encoding\r\nA: b\r\n",
        "A: b\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData("Content-Length: 5\r\nConnection: content-length\r\n", "Content-Length: 5\r\n")]
    [InlineData("A:b\r\nContent-Length: 5\r\n", "A:b\r\nContent-Length: 5\r\n")]
    public void HopByHopFields_AreDropped_AndFramingStays(string fields, string expected) => Assert.Equal(
        $"POST /p?q HTTP/1.1\r\nHost: a\r\n{expected}\r\n",
        Write($"POST /p?q HTTP/1.1\r\nHost: a\r\n{fields}\r\n"));

    [Fact]
    public void HostNamedByConnection_Stays() => Assert.Equal(
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n", Write("GET / HTTP/1.1\r\nHost: a\r\nConnection: host\r\n\r\n"));

    [Fact]
    public void Http10_BecomesHttp11WithHost()
    {
        Assert.Equal("GET / HTTP/1.1\r\nHost:\r\nA: b\r\n\r\n", Write("GET / HTTP/1.0\r\nA: b\r\n\r\n"));
        Assert.Equal(
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            Write("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nExpect: 100-continue\r\n\r\n"));
    }

    [Theory]
    [InlineData("GET http://h:1/p?q", "GET /p?q")]
    [InlineData("GET HTTP://h:1/p?q", "GET /p?q")]
    [InlineData("GET https://h:1", "GET /")]
    [InlineData("GET http://h:1?q", "GET /?q")]
    [InlineData("OPTIONS http://h:1", "OPTIONS *")]
    [InlineData("OPTIONS http://h:1?q", "OPTIONS /?q")]
    public void AbsoluteForm_BecomesOriginForm_AndItsAuthorityHost(string line, string expected) => Assert.Equal(
        $"{expected} HTTP/1.1\r\nHost: h:1\r\nA: b\r\n\r\n", Write($"{line} HTTP/1.1\r\nHost: other\r\nA: b\r\n\r\n"));

    [Fact]
    public void EmptyLinesBeforeTheHead_AreDropped() => Assert.Equal(
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n", Write("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"));

    [Theory]
    [MemberData(nameof(HeadCorpus.Valid), MemberType = typeof(HeadCorpus))]
    public void WrittenHead_ParsesAgain_ToTheSame(string text)
    {
        var first = Heads.Valid(text);
        var written = Write(text);
        var second = Heads.Valid(written);
        Assert.Equal(written, Write(written));
        Assert.Equal(
            (first.Method, first.Framing, first.ContentLength), (second.Method, second.Framing, second.ContentLength));
    }

    [Fact]
    public void Growth_IsBounded()
    {
        foreach (var host in (string[])["", "Host:\r\n"])
        foreach (var target in (string[])["/", "http://h"])
        foreach (var version in (string[])["HTTP/1.0", "HTTP/1.1"])
        foreach (var hop in (string[])["", "Connection:te\r\nTE:trailers\r\n", "Connection:upgrade\r\nUpgrade:w\r\n"])
        foreach (var framing in (string[])["", "Content-Length:1\r\n", "Transfer-Encoding:chunked\r\n"])
        {
            var text = $"GET {target} {version}\r\n{host}{hop}{framing}\r\n";
            if (Heads.Parse(text, out var head).Status == ParseStatus.Complete)
                Assert.InRange(Write(text).Length, 1, head.HeadLength + (RequestHeadWriter.GrowthBytesMax / 2));
        }
    }

    [Fact]
    public void ShortDestination_Throws()
    {
        const string text = "GET / HTTP/1.0\r\nA: b\r\n\r\n";
        var head = Heads.Valid(text);
        Assert.ThrowsAny<ArgumentException>(() => RequestHeadWriter.Write(head, Heads.Bytes(text), new byte[20]));
    }

    private static string Write(string text)
    {
        var head = Heads.Valid(text);
        var destination = new byte[head.HeadLength + RequestHeadWriter.GrowthBytesMax];
        return Heads.Text(destination.AsSpan(0, RequestHeadWriter.Write(head, Heads.Bytes(text), destination)));
    }
}
