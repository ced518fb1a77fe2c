using Sidecar.Http.Bodies;

namespace Sidecar.Tests.Http.Bodies;

public class ChunkScannerTests
{
    public static TheoryData<string, string, string> Valid => new()
    {
        { "0\r\n\r\n", "0\r\n\r\n", "" },
        { "5\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "hello" },
        { "00A\r\n0123456789\r\n000\r\n\r\n", "00A\r\n0123456789\r\n000\r\n\r\n", "0123456789" },
        { "5;a=\"b;c\"\r\nhello\r\n0;x\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "hello" },
        { "5 \t;a\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "hello" },
        { "5\t;\t a \t=\t b\t ; c;d=e\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "hello" },
        { "5;a=\"\\\"\\\\;\t\x80\" ;b=\"\"\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "hello" },
        {
            "5;a-long-name-of-an-extension=a-long-value-of-an-extension;b=\"a long value; with \\\"a quote\\\" in it\""
                + "\r\nhello\r\n0\r\n\r\n",
            "5\r\nhello\r\n0\r\n\r\n", "hello"
        },
        {
            "5;a=\"a long value of an extension\" ; b-long-name-of-another\r\nhello\r\n0;c=d\r\n\r\n",
            "5\r\nhello\r\n0\r\n\r\n", "hello"
        },
        { "2\r\n\r\n\r\n0\r\n\r\n", "2\r\n\r\n\r\n0\r\n\r\n", "\r\n" },
        { "1\r\na\r\n0\r\nX: y\r\nZ:\r\n\r\n", "1\r\na\r\n0\r\nX: y\r\nZ:\r\n\r\n", "a" },
        { "000000000000001\r\na\r\n0\r\n\r\n", "000000000000001\r\na\r\n0\r\n\r\n", "a" },
    };

    public static TheoryData<string> Broken => new(
        "\r\n", "g\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", " 1\r\n", "1 \r\n", "1\t\r\n", "1 2\r\n", "1\n", "1\ra",
        ";a\r\n", "1;a\n", "1;a\ra", "1;a\0", "1;\x7f", "0000000000000001\r\n", "1\r\nab", "1\r\na\n", "1\r\na\rb",
        "5;\r\n", "5; \r\n", "5 ;\t\r\n", "5;;a\r\n", "5;a;\r\n", "5;a \r\n", "5;a b\r\n", "5;[\r\n", "5;a[\r\n",
        "5;=b\r\n", "5;a=\r\n", "5;a= \r\n", "5;a==b\r\n", "5;a=b=c\r\n", "5;a=b c\r\n", "5;a=b \r\n", "5;a=;b\r\n",
        "5;\"a\"\r\n", "5;a\"b\"\r\n", "5;a=b\"c\"\r\n", "5;a=\"b\r\n", "5;a=\"b\\\r\n", "5;a=\"b\\\"\r\n",
        "5;a=\"b\"c\r\n", "5;a=\"b\" \r\n", "5;a=\"b\"=c\r\n", "5;\x80\r\n", "5;a\x80\r\n", "5;a=\x80\r\n",
        "5;a=\"\x01\"\r\n", "5;a=\"\\\x01\"\r\n", "5;a-long-name-of-an-extension[\r\n",
        "5;a=a-long-value-of-an-extension\x80\r\n", "5;a=\"a long value of an extension\x7f\"\r\n",
        "5;a=\"a long value of an extension\n\"\r\n",
        "5;a=\"a long value of an extension\"b\r\n", "1;a\r\nx\r\n1 =b\r\n", "1;a=\"b\"\r\nx\r\n1c\"\r\n",
        "0\r\n\n", "0\r\n\ra", "0\r\n X: y\r\n", "0\r\nX\r\n", "0\r\nX : y\r\n", "0\r\n: y\r\n", "0\r\nX: \0",
        "0\r\nX: y\n", "0\r\nX: y\ra", "0\r\nX: y\r\n z\r\n");

    [Theory]
    [MemberData(nameof(Valid))]
    public void Body_IsForwarded_WholeAndByteByByte(string body, string framed, string payload)
    {
        foreach (var cut in (int[])[int.MaxValue, 1, 2, 3])
        {
            var expected = (ScanStatus.End, framed, payload, body.Length);
            Assert.Equal(expected, Feed(body, cut));
            // What follows the body is the next message's.
            Assert.Equal(expected, Feed(body + "7\r\n", cut));
        }
    }

    [Theory]
    [MemberData(nameof(Valid))]
    public void Body_CutShort_NeedsMore(string body, string framed, string payload)
    {
        Assert.NotEqual(framed, payload);
        for (var length = 0; length < body.Length; length++)
            Assert.Equal(ScanStatus.NeedMore, Feed(body[..length], 1).Status);
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void BrokenBody_IsMalformed_AndStaysSo(string body)
    {
        Assert.Equal(ScanStatus.Malformed, Feed(body, int.MaxValue).Status);
        Assert.Equal(ScanStatus.Malformed, Feed(body, 1).Status);
        var scanner = Scanner(ChunkedForm.ChunksAndTrailers);
        scanner.Read(Heads.Bytes(body));
        var again = scanner.Read("0\r\n\r\n"u8.ToArray());
        Assert.Equal(new ScanResult(ScanStatus.Malformed, 0, 0), again);
    }

    [Fact]
    public void Extensions_AreBoundedPerChunk()
    {
        var most = ";" + new string('x', ChunkScanner.ExtensionBytesMax - 1);
        Assert.Equal(ScanStatus.End, Feed($"1{most}\r\na\r\n1{most}\r\na\r\n0{most}\r\n\r\n", 7).Status);
        Assert.Equal(ScanStatus.Malformed, Feed($"1{most}x\r\na\r\n0\r\n\r\n", 7).Status);
        var blanks = new string(' ', ChunkScanner.ExtensionBytesMax + 1);
        Assert.Equal(ScanStatus.Malformed, Feed($"1{blanks}", 7).Status);
    }

    [Fact]
    public void Trailers_AreBounded()
    {
        // The carriage return of the empty line counts too.
        var most = "X:" + new string('y', ChunkScanner.TrailerBytesMax - 5) + "\r\n";
        Assert.Equal(ScanStatus.End, Feed($"0\r\n{most}\r\n", 1000).Status);
        Assert.Equal(ScanStatus.Malformed, Feed($"0\r\nX{most}\r\n", 1000).Status);
    }

    [Theory]
    [InlineData("3;x\r\nabc\r\n0\r\nA: b\r\nC: d\r\n\r\n", "3\r\nabc\r\n0\r\n\r\n")]
    [InlineData("0\r\nHost: evil\r\n\r\n", "0\r\n\r\n")]
    [InlineData("0\r\n\r\n", "0\r\n\r\n")]
    public void Trailers_AreDropped_WhereOnlyChunksAreAskedFor(string body, string expected)
    {
        foreach (var pieceMax in (int[])[int.MaxValue, 1, 2])
            Assert.Equal(expected, Feed(Heads.Bytes(body), pieceMax, null, ChunkedForm.Chunks).Forwarded);
    }

    [Fact]
    public void PayloadBytes_CountsWithoutFraming()
    {
        var scanner = Scanner(ChunkedForm.ChunksAndTrailers);
        var before = scanner.Read("5;x\r\nhello\r\n3\r\nab"u8.ToArray()).Status;
        Assert.Equal((7, ScanStatus.NeedMore), (scanner.PayloadBytes, before));
        var status = scanner.Read("c\r\n0\r\n\r\n"u8.ToArray()).Status;
        Assert.Equal((8, ScanStatus.End), (scanner.PayloadBytes, status));
    }

    [Fact]
    public void LargestSize_IsTaken()
    {
        var scanner = Scanner(ChunkedForm.Payload);
        var status = scanner.Read("fffffffffffffff\r\nabc"u8.ToArray()).Status;
        Assert.Equal(ScanStatus.NeedMore, status);
        Assert.Equal(3, scanner.PayloadBytes);
    }

    private static BodyReader<NoLooker> Scanner(ChunkedForm form) => new(BodyFraming.Chunked, 0, form);

    private static (ScanStatus Status, string Framed, string Payload, int Consumed) Feed(
        string body, int pieceMax, Random? random = null)
    {
        var bytes = Heads.Bytes(body);
        var (framed, status, consumed) = Feed(bytes, pieceMax, random, ChunkedForm.ChunksAndTrailers);
        var (payload, plainStatus, plainConsumed) = Feed(bytes, pieceMax, random, ChunkedForm.Payload);
        Assert.Equal((status, consumed), (plainStatus, plainConsumed));
        return (status, framed, payload, consumed);
    }

    private static (string Forwarded, ScanStatus Status, int Consumed) Feed(
        byte[] body, int pieceMax, Random? random, ChunkedForm form)
    {
        var scanner = Scanner(form);
        var forwarded = new List<byte>();
        var consumed = 0;
        var status = ScanStatus.NeedMore;
        while (consumed < body.Length && status == ScanStatus.NeedMore)
        {
            var most = Math.Min(pieceMax, body.Length - consumed);
            var length = random is null ? most : random.Next(1, most + 1);
            var piece = body.AsSpan(consumed, length).ToArray();
            var result = scanner.Read(piece);
            status = result.Status;
            consumed += result.Consumed;
            forwarded.AddRange(piece.AsSpan(0, result.Written));
            Assert.True(result.Written <= result.Consumed);
            if (status == ScanStatus.NeedMore) Assert.Equal(length, result.Consumed);
            Assert.True(piece.AsSpan(result.Consumed).SequenceEqual(body.AsSpan(consumed, length - result.Consumed)));
        }

        return (Heads.Text([.. forwarded]), status, consumed);
    }
}
