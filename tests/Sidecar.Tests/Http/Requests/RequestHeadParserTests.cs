using Sidecar.Http;
using Sidecar.Http.Bodies;
using Sidecar.Http.Requests;

namespace Sidecar.Tests.Http.Requests;

public class RequestHeadParserTests
{
    [Theory]
    [MemberData(nameof(HeadCorpus.Valid), MemberType = typeof(HeadCorpus))]
    public void ValidHead_IsComplete_WholeAndAfterEveryCut(string text)
    {
        var whole = Heads.Valid(text + "GET body that follows");
        Assert.Equal(text.Length, whole.HeadLength);
        for (var cut = 0; cut < text.Length; cut++)
        {
            var scanned = 0;
            Assert.Equal((ParseStatus.Incomplete, HttpFault.None), ParseCut(text, cut, ref scanned, out _));
            var result = ParseCut(text, text.Length, ref scanned, out var head);
            Assert.Equal((ParseStatus.Complete, HttpFault.None), result);
            Assert.Equal(0, scanned);
            AssertSame(whole, head);
        }
    }

    [Theory]
    [MemberData(nameof(HeadCorpus.Valid), MemberType = typeof(HeadCorpus))]
    public void ValidHead_ByteByByte_IsSearchedOnce(string text)
    {
        var scanned = 0;
        for (var length = 0; length < text.Length; length++)
        {
            Assert.Equal((ParseStatus.Incomplete, HttpFault.None), ParseCut(text, length, ref scanned, out _));
            // At most a carriage return, whose line feed may come yet, is looked at again.
            Assert.InRange(scanned, length - 1, length);
        }

        Assert.Equal((ParseStatus.Complete, HttpFault.None), ParseCut(text, text.Length, ref scanned, out _));
    }

    [Theory]
    [MemberData(nameof(HeadCorpus.Invalid), MemberType = typeof(HeadCorpus))]
    public void InvalidHead_IsMalformed_WholeAndAfterEveryCut(string text, HttpFault fault)
    {
        Assert.Equal((ParseStatus.Malformed, fault), Heads.Parse(text, out _));
        for (var cut = 0; cut < text.Length; cut++)
        {
            var scanned = 0;
            var first = ParseCut(text, cut, ref scanned, out _);
            if (first.Status == ParseStatus.Incomplete) first = ParseCut(text, text.Length, ref scanned, out _);
            Assert.Equal((ParseStatus.Malformed, fault), first);
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\n", HttpFault.BareLineFeed)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\rb", HttpFault.BareCarriageReturn)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\0", HttpFault.ControlOctet)]
    public void BadOctet_InIncompleteHead_IsRefusedAtOnce(string text, HttpFault fault) =>
        Assert.Equal((ParseStatus.Malformed, fault), Heads.Parse(text, out _));

    [Fact]
    public void HeadLimit_IsTheLongestHead()
    {
        const string text = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        var exact = new RequestHeadOptions { HeadLimitBytes = text.Length };
        Heads.Valid(text + new string('b', 100), exact);
        var less = new RequestHeadOptions { HeadLimitBytes = text.Length - 1 };
        Assert.Equal((ParseStatus.Malformed, HttpFault.HeadTooLarge), Heads.Parse(text, out _, less));
        Assert.Equal((ParseStatus.Malformed, HttpFault.HeadTooLarge), Heads.Parse(text[..^1], out _, less));
        // Before its end has come, as soon as it cannot come within the limit any more.
        Assert.Equal((ParseStatus.Incomplete, HttpFault.None), Heads.Parse(text[..^2], out _, less));
        Assert.Equal((ParseStatus.Incomplete, HttpFault.None), Heads.Parse(text[..^2], out _, less));
    }

    [Fact]
    public void FieldCount_IsBounded()
    {
        static string With(int count) => "GET / HTTP/1.1\r\nHost: a\r\n"
            + string.Concat(Enumerable.Range(1, count - 1).Select(i => $"X-{i}: {i}\r\n")) + "\r\n";

        Assert.Equal(128, Heads.Valid(With(128)).Fields.Count);
        Assert.Equal((ParseStatus.Malformed, HttpFault.TooManyFields), Heads.Parse(With(129), out _));
    }

    [Fact]
    public void Ranges_PointAtWhatWasSent()
    {
        const string text = "\r\nPOST /v1/x?y=1 HTTP/1.1\r\nHost: h:1\r\nX-Workload-Context:  {\"a\":1} \r\n\r\n";
        var source = Heads.Bytes(text);
        var head = Heads.Valid(text);
        Assert.Equal(KnownMethod.Post, head.Method);
        Assert.Equal("POST", Heads.Text(head.MethodName.In(source)));
        Assert.Equal("/v1/x?y=1", Heads.Text(head.Target.In(source)));
        Assert.Equal("/v1/x", Heads.Text(head.Path.In(source)));
        Assert.True(head.HasWorkloadContext);
        Assert.Equal("{\"a\":1}", Heads.Text(head.WorkloadContext.In(source)));
        Assert.Equal("Host", Heads.Text(head.Fields.Lines[0].Name.In(source)));
        Assert.Equal("h:1", Heads.Text(head.Fields.Lines[0].Value.In(source)));
    }

    [Theory]
    [InlineData("GET", KnownMethod.Get)]
    [InlineData("HEAD", KnownMethod.Head)]
    [InlineData("POST", KnownMethod.Post)]
    [InlineData("PUT", KnownMethod.Put)]
    [InlineData("DELETE", KnownMethod.Delete)]
    [InlineData("PATCH", KnownMethod.Patch)]
    [InlineData("OPTIONS", KnownMethod.Options)]
    [InlineData("TRACE", KnownMethod.Trace)]
    [InlineData("post", KnownMethod.Other)]
    [InlineData("QUERY", KnownMethod.Other)]
    public void Method_IsTold(string name, KnownMethod method)
    {
        var text = $"{name} / HTTP/1.1\r\nHost: a\r\n\r\n";
        var head = Heads.Valid(text);
        Assert.Equal(method, head.Method);
        Assert.Equal(name, Heads.Text(head.MethodName.In(Heads.Bytes(text))));
    }

    [Theory]
    [InlineData("HTTP/1.1", "", true)]
    [InlineData("HTTP/1.1", "Connection: Close\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: keep-alive, close\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: keep-alive\r\nConnection: close\r\n", false)]
    [InlineData("HTTP/1.0", "", false)]
    [InlineData("HTTP/1.0", "Connection: Keep-Alive\r\n", true)]
    [InlineData("HTTP/1.0", "Connection: keep-alive, close\r\n", false)]
    public void KeepAlive_FollowsVersionAndOptions(string version, string fields, bool keepAlive) =>
        Assert.Equal(keepAlive, Heads.Valid($"GET / {version}\r\nHost: a\r\n{fields}\r\n").KeepAlive);

    [Theory]
    [InlineData("HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\n", true)]
    [InlineData("HTTP/1.1", "Upgrade: websocket\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: Upgrade\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: Upgrade\r\nUpgrade:\r\n", false)]
    [InlineData("HTTP/1.0", "Connection: Upgrade\r\nUpgrade: websocket\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: Upgrade\r\nUpgrade: h2c\r\nUpgrade: websocket\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: Upgrade\r\nUpgrade: TLS/1.0\r\n", false)]
    public void Upgrade_NeedsBothFields_AndIsNeverHttp2(string version, string fields, bool upgrade) =>
        Assert.Equal(upgrade, Heads.Valid($"GET / {version}\r\nHost: a\r\n{fields}\r\n").Upgrade);

    [Theory]
    [InlineData("HTTP/1.1", "", BodyFraming.None, 0)]
    [InlineData("HTTP/1.1", "Content-Length: 0\r\n", BodyFraming.Length, 0)]
    [InlineData("HTTP/1.1", "Content-Length: 0042\r\n", BodyFraming.Length, 42)]
    [InlineData("HTTP/1.0", "Content-Length: 42\r\n", BodyFraming.Length, 42)]
    [InlineData("HTTP/1.1", "Transfer-Encoding: chunked\r\n", BodyFraming.Chunked, 0)]
    public void Framing_FollowsFields(string version, string fields, BodyFraming framing, long length)
    {
        var head = Heads.Valid($"POST / {version}\r\nHost: a\r\n{fields}\r\n");
        Assert.Equal((framing, length), (head.Framing, head.ContentLength));
        Assert.Equal(framing == BodyFraming.Chunked || length > 0, head.HasBody);
    }

    [Theory]
    [InlineData("HTTP/1.1", true)]
    [InlineData("HTTP/1.0", false)]
    public void Expect_CountsInHttp11Only(string version, bool expects) => Assert.Equal(
        expects, Heads.Valid($"POST / {version}\r\nHost: a\r\nExpect: 100-continue\r\n\r\n").ExpectContinue);

    [Theory]
    [InlineData("x-gateway-inference-fairness-id: a\r\nx-gateway-inference-fairness-id: b\r\n", "b")]
    [InlineData("x-llm-d-inference-fairness-id: a\r\n", "a")]
    [InlineData("x-llm-d-inference-fairness-id: a\r\nX-Gateway-Inference-Fairness-Id: b\r\n", "b")]
    [InlineData("x-gateway-inference-fairness-id: b\r\nx-llm-d-inference-fairness-id: a\r\n", "b")]
    public void FairnessId_PrefersTheGateways(string fields, string expected)
    {
        var text = $"POST / HTTP/1.1\r\nHost: a\r\n{fields}\r\n";
        var head = Heads.Valid(text);
        Assert.True(head.HasFairnessId);
        Assert.False(head.HasWorkloadContext);
        Assert.Equal(expected, Heads.Text(head.FairnessId.In(Heads.Bytes(text))));
    }

    [Fact]
    public void ContextField_IsConfigurable_AndTheLastCounts()
    {
        const string text = "POST / HTTP/1.1\r\nHost: a\r\nx-own: 1\r\nX-OWN: 2\r\nX-Workload-Context: 3\r\n\r\n";
        var head = Heads.Valid(text, new RequestHeadOptions { ContextFieldName = "X-Own" });
        Assert.Equal("2", Heads.Text(head.WorkloadContext.In(Heads.Bytes(text))));
        Assert.Throws<ArgumentException>(
            () => new RequestHeadParser(new RequestHeadOptions { ContextFieldName = "Content-Length" }));
        Assert.Throws<ArgumentException>(
            () => new RequestHeadParser(new RequestHeadOptions { ContextFieldName = "a b" }));
    }

    [Theory]
    [InlineData("Via: 1.1 sidecar-3f9a2c1e\r\n", true)]
    [InlineData("Via: 1.0 fred, HTTP/1.1\t Sidecar-3F9A2C1E:8000 (a comment) , 1.1 p.example.net\r\n", true)]
    [InlineData("via: 1.1 a\r\nX: y\r\nVIA: ,, 1.0 sidecar-3f9a2c1e ,\r\nConnection: via\r\n", true)]
    [InlineData("Via: 1.1 sidecar-3f9a2c1f\r\n", false)]
    [InlineData("Via: 1.1 sidecar-3f9a2c1e0, 1.1 xsidecar-3f9a2c1e\r\n", false)]
    [InlineData("Via: sidecar-3f9a2c1e\r\n", false)]
    [InlineData("Via: 1.1 a (sidecar-3f9a2c1e)\r\n", false)]
    [InlineData("X-Via: 1.1 sidecar-3f9a2c1e\r\n", false)]
    [InlineData("Via:\r\n", false)]
    public void OwnNameInVia_IsALoop(string fields, bool isLoop)
    {
        var options = new RequestHeadOptions { Pseudonym = new ViaPseudonym("sidecar-3f9a2c1e") };
        var text = $"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n";
        var expected = isLoop
            ? (ParseStatus.Malformed, HttpFault.Loop)
            : (ParseStatus.Complete, HttpFault.None);
        Assert.Equal(expected, Heads.Parse(text, out _, options));
        Assert.Equal((ParseStatus.Complete, HttpFault.None), Heads.Parse(text, out _));
    }

    [Theory]
    [InlineData("/tokenize", true)]
    [InlineData("/tokenize?x=/a/", true)]
    [InlineData("/tokenizes", false)]
    [InlineData("/tokenizf", false)]
    [InlineData("/a/b", true)]
    [InlineData("/a/", true)]
    [InlineData("/a", false)]
    [InlineData("/", true)]
    [InlineData("/b", false)]
    [InlineData("http://h", true)]
    [InlineData("http://h?q", true)]
    [InlineData("http://h/a/c?q", true)]
    [InlineData("/%74okenize", false)]
    public void MarkedPath_IsExactOrAPrefix(string target, bool isMarked)
    {
        var options = new RequestHeadOptions { MarkedPaths = ["/tokenize", "/a/*", "/"] };
        Assert.Equal(isMarked, Heads.Valid($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n", options).HasMarkedPath);
    }

    [Fact]
    public void Head_IsReused_WithoutTraceOfTheLast()
    {
        var parser = new RequestHeadParser(new RequestHeadOptions());
        var head = new RequestHead();
        var rich = Heads.Bytes("\r\nPOST http://h/p HTTP/1.1\r\nHost: a\r\nConnection: close, upgrade, te\r\n"
            + "TE: trailers\r\nUpgrade: websocket\r\nExpect: 100-continue\r\nContent-Length: 5\r\n"
            + "X-Workload-Context: {}\r\n"
            + "x-llm-d-inference-fairness-id: a\r\n\r\n");
        var plain = Heads.Bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        var scanned = 0;
        Assert.Equal(ParseStatus.Complete, parser.Parse(rich, 0, rich.Length, ref scanned, head, out _));
        Assert.Equal(ParseStatus.Complete, parser.Parse(plain, 0, plain.Length, ref scanned, head, out _));
        AssertSame(Heads.Valid(Heads.Text(plain)), head);
    }

    private static (ParseStatus Status, HttpFault Fault) ParseCut(
        string text, int cut, ref int scanned, out RequestHead head)
    {
        head = new RequestHead();
        var buffer = Heads.Surround(Heads.Bytes(text[..cut]));
        var status = new RequestHeadParser(new RequestHeadOptions()).Parse(
            buffer, Heads.Offset, cut, ref scanned, head, out var fault);
        return (status, fault);
    }

    private static void AssertSame(RequestHead expected, RequestHead actual)
    {
        Assert.Equivalent(expected, actual);
        Assert.True(expected.Fields.Lines.SequenceEqual(actual.Fields.Lines, FieldLineComparer.Instance));
    }
}
