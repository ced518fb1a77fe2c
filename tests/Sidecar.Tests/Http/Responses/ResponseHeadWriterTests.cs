using Sidecar.Http;
using Sidecar.Http.Responses;

namespace Sidecar.Tests.Http.Responses;

public class ResponseHeadWriterTests
{
    private static readonly ResponseHeadEdits Kept11 = new(KeepAlive: true, ClientIsHttp11: true);
    private static readonly ResponseHeadEdits Kept10 = new(KeepAlive: true, ClientIsHttp11: false);
    private static readonly ResponseHeadEdits Closed11 = new(KeepAlive: false, ClientIsHttp11: true);

    [Theory]
    [InlineData("Content-Length: 5\r\nA: b\r\n", "Content-Length: 5\r\nA: b\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nA: b\r\n", "Transfer-Encoding: chunked\r\nA: b\r\n")]
    [InlineData("Transfer-Encoding:, chunked\r\nA: b\r\n", "A: b\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData("Transfer-Encoding: chunked ,\r\nA: b\r\n", "A: b\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData("Connection: x-a, x-b\r\nX-A: 1\r\nX-B: 2\r\nContent-Length: 5\r\n", "Content-Length: 5\r\n")]
    [InlineData(
        "Connection: x-a , ,x-b\r\nX-C: 3\r\nX-B: 2\r\nConnection: X-d,x-C\r\nX-D: 4\r\nX-A: 1\r\n"
            + "Content-Length: 5\r\n",
        "Content-Length: 5\r\n")]
    [InlineData("Content-Length: 05\r\nA: b\r\n", "A: b\r\nContent-Length: 5\r\n")]
    [InlineData("Connection: close\r\nContent-Length: 5\r\n", "Content-Length: 5\r\n")]
    [InlineData("Keep-Alive: timeout=5, max=100\r\nContent-Length: 5\r\n", "Content-Length: 5\r\n")]
    [InlineData("Connection: x-a\r\nX-A: 1\r\nContent-Length: 5\r\n", "Content-Length: 5\r\n")]
    [InlineData("Upgrade: h2c\r\nContent-Length: 5\r\n", "Content-Length: 5\r\n")]
    [InlineData("A: b\r\n", "A: b\r\nConnection: close\r\n")]
    [InlineData("Connection: close\r\n", "Connection: close\r\n")]
    public void Kept11_LosesTheUpstreamHop(string fields, string expected) => Assert.Equal(
        $"HTTP/1.1 200 OK\r\n{expected}\r\n", Write($"HTTP/1.1 200 OK\r\n{fields}\r\n", Kept11));

    [Theory]
    [InlineData("Content-Length: 5\r\n", "Content-Length: 5\r\nConnection: keep-alive\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nA: b\r\n", "A: b\r\nConnection: close\r\n")]
    [InlineData("A: b\r\n", "A: b\r\nConnection: close\r\n")]
    public void Kept10_IsToldSo_AndGetsNoChunks(string fields, string expected) => Assert.Equal(
        $"HTTP/1.1 200 OK\r\n{expected}\r\n", Write($"HTTP/1.1 200 OK\r\n{fields}\r\n", Kept10));

    [Fact]
    public void Closed_SaysSo() => Assert.Equal(
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n",
        Write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", Closed11));

    [Fact]
    public void Http10Upstream_IsAnsweredAsHttp11() => Assert.Equal(
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
        Write("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", Kept11));

    [Theory]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", KnownMethod.Get)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", KnownMethod.Head)]
    public void BodilessLength_IsPassedOn(string text, KnownMethod method) =>
        Assert.Equal(text, Write(text, Kept11, method));

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("HTTP/1.1 204 X\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 204 X\r\n\r\n")]
    public void FramingOf204_IsDropped(string text, string expected) => Assert.Equal(expected, Write(text, Kept11));

    [Fact]
    public void Interim_IsPassedOn_WithoutAdditions()
    {
        var edits = new ResponseHeadEdits(KeepAlive: false, ClientIsHttp11: true, QueueWaitTicks: 5);
        Assert.Equal(
            "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n",
            Write("HTTP/1.1 103 Early Hints\r\nLink: a\r\nConnection: x\r\nX: y\r\n\r\n", edits));
        Assert.Equal("HTTP/1.1 100 \r\n\r\n", Write("HTTP/1.1 100\r\n\r\n", edits));
    }

    [Fact]
    public void Upgrade_StaysOnlyWhereItIsRelayed()
    {
        const string text = "HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: websocket\r\nA: b\r\n\r\n";
        Assert.Equal("HTTP/1.1 101 S\r\nA: b\r\n\r\n", Write(text, Kept11));
        Assert.Equal(
            "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nA: b\r\nConnection: Upgrade\r\n\r\n",
            Write(text, new ResponseHeadEdits(KeepAlive: true, ClientIsHttp11: true, Upgrade: true)));
    }

    [Theory]
    [InlineData(0, "0.0")]
    [InlineData(999, "0.0")]
    [InlineData(1_000, "0.1")]
    [InlineData(12_345_678, "1234.5")]
    [InlineData(long.MaxValue, "922337203685477.5")]
    public void ServerTiming_TellsTheWaitInMilliseconds(long waitTicks, string expected)
    {
        var edits = new ResponseHeadEdits(KeepAlive: true, ClientIsHttp11: true, waitTicks);
        Assert.Equal(
            $"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer-Timing: queue;dur={expected}\r\n\r\n",
            Write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", edits));
    }

    [Fact]
    public void Growth_IsBounded()
    {
        var edits = new ResponseHeadEdits(KeepAlive: true, ClientIsHttp11: false, long.MaxValue);
        Write("HTTP/1.0 200\r\nContent-Length:5\r\n\r\n", edits);
        Write("HTTP/1.0 200\r\n\r\n", edits with { KeepAlive = false });
    }

    private static string Write(string text, in ResponseHeadEdits edits, KnownMethod method = KnownMethod.Get)
    {
        var head = Heads.ValidResponse(text, method);
        var destination = new byte[head.HeadLength + ResponseHeadWriter.GrowthBytesMax];
        var length = ResponseHeadWriter.Write(head, Heads.Bytes(text), edits, destination);
        if (ResponseHeadWriter.PassesUnchanged(head, edits))
            Assert.Equal(text, Heads.Text(destination.AsSpan(0, length)));
        return Heads.Text(destination.AsSpan(0, length));
    }
}
