using System.Net;
using Sidecar.Http;
using Sidecar.Http.Requests;

namespace Sidecar.Tests.Http.Requests;

public class RequestHeadWriterTests
{
    private static readonly ViaPseudonym Pseudonym = new("sidecar-3f9a2c1e");

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
    [InlineData("Content-Length:\t5\r\nA: b\r\n", "A: b\r\nContent-Length: 5\r\n")]
    [InlineData("Content-Length: 5 \r\nA: b\r\n", "A: b\r\nContent-Length: 5\r\n")]
    [InlineData("Content-Length:  5\r\nA: b\r\n", "A: b\r\nContent-Length: 5\r\n")]
    [InlineData("Transfer-Encoding: chunked\t\r\nA: b\r\n", "A: b\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData("Transfer-Encoding:CHUNKED\r\nA: b\r\n", "Transfer-Encoding:CHUNKED\r\nA: b\r\n")]
    [InlineData("Transfer-Encoding: , chunked\r\nA: b\r\n", "A: b\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData("Transfer-Encoding: chunked,\r\nA: b\r\n", "A: b\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData("Connection: x-a, x-b\r\nX-A: 1\r\nX-B: 2\r\nX-C: 3\r\n", "X-C: 3\r\n")]
    [InlineData(
        "Connection: x-a , ,x-b\r\nX-C: 3\r\nX-D: 4\r\nX-B: 2\r\nConnection: close,X-d,x-C\r\nX-A: 1\r\nX-E: 5\r\n",
        "X-E: 5\r\n")]
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
        // Of HTTP/1.0 without Host the next hop is told that there is none, which it may refuse as this one would.
        var written = Write(text).Replace("/ HTTP/1.1\r\nHost:\r\n", "/ HTTP/1.1\r\nHost: a\r\n");
        var second = Heads.Valid(written);
        Assert.Equal(written, Write(written));
        Assert.Equal(
            (first.Method, first.Framing, first.ContentLength), (second.Method, second.Framing, second.ContentLength));
    }

    [Fact]
    public void Growth_IsBounded()
    {
        var longest = new ForwardedFields(
            IPAddress.Parse("1111:2222:3333:4444:5555:6666:7777:8888"), isTls: true, Pseudonym);
        foreach (var host in (string[])["", "Host:\r\n"])
        foreach (var target in (string[])["/", "http://h"])
        foreach (var version in (string[])["HTTP/1.0", "HTTP/1.1"])
        foreach (var hop in (string[])["", "Connection:te\r\nTE:trailers\r\n", "Connection:upgrade\r\nUpgrade:w\r\n"])
        foreach (var framing in (string[])["", "Content-Length:1\r\n", "Transfer-Encoding:chunked\r\n"])
        {
            var text = $"GET {target} {version}\r\n{host}{hop}{framing}\r\n";
            if (Heads.Parse(text, out var head).Status == ParseStatus.Complete)
                Assert.InRange(Write(text, longest).Length, 1, head.HeadLength + 190);
        }
    }

    [Fact]
    public void ShortDestination_Throws()
    {
        const string text = "GET / HTTP/1.0\r\nA: b\r\n\r\n";
        Assert.ThrowsAny<ArgumentException>(() => Write(text, ForwardedFields.None, new byte[20]));
    }

    [Theory]
    [InlineData(
        "A: b\r\n",
        "Via: 1.1 sidecar-3f9a2c1e\r\nX-Forwarded-For: {}\r\nX-Forwarded-Proto: http\r\nHost: a\r\nA: b\r\n")]
    [InlineData(
        "via: 1.0 fred, 1.1 p\r\nA: b\r\n",
        "Host: a\r\nvia: 1.0 fred, 1.1 p\r\nA: b\r\n"
            + "Via: 1.1 sidecar-3f9a2c1e\r\nX-Forwarded-For: {}\r\nX-Forwarded-Proto: http\r\n")]
    [InlineData(
        "x-forwarded-for: 1.2.3.4,5.6.7.8\r\nX-Forwarded-For:\r\nX-Forwarded-FOR: ::1\r\n",
        "Host: a\r\nVia: 1.1 sidecar-3f9a2c1e\r\n"
            + "X-Forwarded-For: 1.2.3.4,5.6.7.8, ::1, {}\r\nX-Forwarded-Proto: http\r\n")]
    [InlineData(
        "X-Forwarded-Proto: https\r\n",
        "Host: a\r\nX-Forwarded-Proto: https\r\nVia: 1.1 sidecar-3f9a2c1e\r\nX-Forwarded-For: {}\r\n")]
    [InlineData(
        "Connection: x-forwarded-for\r\nX-Forwarded-For: 6.6.6.6\r\n",
        "Host: a\r\nVia: 1.1 sidecar-3f9a2c1e\r\nX-Forwarded-For: {}\r\nX-Forwarded-Proto: http\r\n")]
    [InlineData(
        "Connection: x-forwarded-proto\r\nX-Forwarded-Proto: https\r\n",
        "Host: a\r\nVia: 1.1 sidecar-3f9a2c1e\r\nX-Forwarded-For: {}\r\nX-Forwarded-Proto: http\r\n")]
    public void ForwardedFields_AreAdded_BehindThoseOfForwardersBefore(string fields, string expected)
    {
        foreach (var client in (string[])["10.1.2.3", "2001:db8::1"])
        {
            var forwarded = new ForwardedFields(IPAddress.Parse(client), isTls: false, Pseudonym);
            Assert.Equal(
                $"GET / HTTP/1.1\r\n{expected.Replace("{}", client)}\r\n",
                Write($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n", forwarded));
        }
    }

    [Fact]
    public void ForwardedFields_TellHttp10_Tls_AndNoAddressWhereThereIsNone()
    {
        Assert.Equal(
            "GET / HTTP/1.1\r\nHost: a\r\nVia: 1.0 sidecar-3f9a2c1e\r\nX-Forwarded-Proto: https\r\n\r\n",
            Write("GET / HTTP/1.0\r\nHost: a\r\n\r\n", new ForwardedFields(null, isTls: true, Pseudonym)));
        var mapped = new ForwardedFields(IPAddress.Parse("::ffff:10.0.0.1"), isTls: false, Pseudonym);
        Assert.Contains("X-Forwarded-For: 10.0.0.1\r\n", Write("GET / HTTP/1.1\r\nHost: a\r\n\r\n", mapped));
        var scoped = new ForwardedFields(IPAddress.Parse("fe80::1%3"), isTls: false, Pseudonym);
        Assert.Contains("X-Forwarded-For: fe80::1\r\n", Write("GET / HTTP/1.1\r\nHost: a\r\n\r\n", scoped));
    }

    private static string Write(string text) => Write(text, ForwardedFields.None);

    private static string Write(string text, ForwardedFields forwarded) =>
        Write(text, forwarded, new byte[Heads.Valid(text).HeadLength + RequestHeadWriter.GrowthBytesMax]);

    private static string Write(string text, ForwardedFields forwarded, byte[] destination)
    {
        var length = RequestHeadWriter.Write(Heads.Valid(text), Heads.Bytes(text), forwarded, destination);
        return Heads.Text(destination.AsSpan(0, length));
    }
}
