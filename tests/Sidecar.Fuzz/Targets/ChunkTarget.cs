using System.Text;
using Sidecar.Fuzz.Reference;
using Sidecar.Http.Bodies;

namespace Sidecar.Fuzz.Targets;

/// <summary>The scanner of chunked bodies, whole and cut anywhere, in each form in which it passes a body on.</summary>
internal sealed class ChunkTarget : IFuzzTarget
{
    private readonly byte[] _piece = new byte[Mutator.BytesMax];
    private readonly byte[] _forwarded = new byte[Mutator.BytesMax];

    public string Name => "chunks";

    public IReadOnlyList<string> Seeds =>
    [
        "5\r\nhello\r\n0\r\n\r\n",
        "1\r\na\r\n0a\r\n0123456789\r\n000\r\nA: b\r\nC:\t\x80 d\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "3;name=value\r\nabc\r\n2 \t;quoted=\"a;b\"\r\nde\r\n0;last\r\n\r\n",
        "1F\r\n0123456789012345678901234567890\r\n0\r\n\r\n",
        "0\r\n\r\n",
        "fffffffffffffff\r\nabc",
        "1 ; a-name\t=\ta-value-of-an-extension ;b=\"a \\\"quoted\\\" value \x80\";c=\"\"\r\na\r\n0;z\r\n\r\n",
    ];

    public IReadOnlyList<string> Words =>
    [
        "\r\n", "\r", "\n", "0", "1", "a", "F", "g", ";", " ", "\t", ":", "=", "\"", "0x", "+1", "-1", "\0", "\x7f",
        "\xff", "0\r\n\r\n", "\r\n0\r\n\r\n", "2\r\nab\r\n", ";ext=1", "A: b\r\n", " x: y\r\n", "X: y\r\n z\r\n",
        "Trailer-That-Fills-Its-Bound: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n",
        "00000000", ";xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        ";a=\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"", "\\", "[", ";a", "=b", "=\"c\"",
    ];

    public FuzzVerdict Try(ReadOnlySpan<byte> input, Random random)
    {
        var expected = ReferenceChunks.Decode(Encoding.Latin1.GetString(input));
        var isAccepted = expected.Status == ScanStatus.End;
        var pieceMax = random.Next(4) switch { 0 => 1, 1 => 3, 2 => 20, _ => Mutator.BytesMax };
        foreach (var form in (ReadOnlySpan<ChunkedForm>)
            [ChunkedForm.Payload, ChunkedForm.Chunks, ChunkedForm.ChunksAndTrailers])
        {
            var (status, consumed, text) = Scan(input, form, pieceMax, random);
            if (status == expected.Status && !isAccepted) continue;
            var wanted = form switch
            {
                ChunkedForm.Payload => expected.Payload,
                ChunkedForm.Chunks => expected.FramedWithoutTrailers,
                _ => expected.Framed,
            };
            var difference = FuzzVerdict.Of(
                isAccepted, $"{form} {status} {consumed} {text}",
                $"{form} {expected.Status} {expected.Consumed} {wanted}");
            if (difference.Difference is not null) return difference;
        }
        return new FuzzVerdict(isAccepted, null);
    }

    private (ScanStatus Status, int Consumed, string Forwarded) Scan(
        ReadOnlySpan<byte> input, ChunkedForm form, int pieceMax, Random random)
    {
        var scanner = new BodyReader<NoLooker>(BodyFraming.Chunked, 0, form);
        var status = ScanStatus.NeedMore;
        int consumed = 0, forwarded = 0;
        while (consumed < input.Length && status == ScanStatus.NeedMore)
        {
            var length = random.Next(1, Math.Min(pieceMax, input.Length - consumed) + 1);
            var piece = _piece.AsSpan(0, length);
            input.Slice(consumed, length).CopyTo(piece);
            var result = scanner.Read(piece);
            status = result.Status;
            piece[..result.Written].CopyTo(_forwarded.AsSpan(forwarded));
            forwarded += result.Written;
            consumed += result.Consumed;
        }
        return (status, consumed, Encoding.Latin1.GetString(_forwarded, 0, forwarded));
    }
}
