using System.Text;
using Sidecar.Http.Bodies;

namespace Sidecar.Tests.Http.Bodies;

public class BodyReaderTests
{
    private const string Chunked = "3;x\r\nabc\r\n2\r\nde\r\n0\r\nT: u\r\n\r\n";

    [Theory]
    [InlineData(BodyFraming.None, 0, "next", "", ScanStatus.End, 0)]
    [InlineData(BodyFraming.Length, 3, "abcnext", "abc", ScanStatus.End, 3)]
    [InlineData(BodyFraming.Length, 9, "abc", "abc", ScanStatus.NeedMore, 3)]
    [InlineData(BodyFraming.Length, 0, "next", "", ScanStatus.End, 0)]
    [InlineData(BodyFraming.UntilClose, 0, "abcde", "abcde", ScanStatus.NeedMore, 5)]
    [InlineData(BodyFraming.Chunked, 0, Chunked + "next", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", ScanStatus.End, 5)]
    [InlineData(BodyFraming.Chunked, 0, "3\r\nab!", "3\r\nab!", ScanStatus.NeedMore, 3)]
    [InlineData(BodyFraming.Chunked, 0, "3\r\nabc!", "3\r\nabc", ScanStatus.Malformed, 3)]
    public void Body_IsTakenAsFarAsItsFramingSays_InAnyParts(
        BodyFraming framing, long lengthBytes, string sent, string passedOn, ScanStatus status, long payloadBytes)
    {
        foreach (var part in (int[])[int.MaxValue, 1, 2, 3])
        {
            var reader = new BodyReader<NoLooker>(framing, lengthBytes, ChunkedForm.Chunks);

            Assert.Equal((status, passedOn), Read(ref reader, sent, part));
            Assert.Equal(payloadBytes, reader.PayloadBytes);
        }
    }

    [Theory]
    [InlineData(BodyFraming.Length, 7, "", 7)]
    [InlineData(BodyFraming.Length, 7, "abc", 7)]
    [InlineData(BodyFraming.UntilClose, 0, "abc", 3)]
    [InlineData(BodyFraming.Chunked, 0, "3\r\nabc\r\nff\r\nd", 3 + 0xFF)]
    public void Length_IsAnnouncedBeforeItComes(BodyFraming framing, long lengthBytes, string sent, long announced)
    {
        var reader = new BodyReader<NoLooker>(framing, lengthBytes, ChunkedForm.Chunks);
        Read(ref reader, sent, int.MaxValue);

        Assert.Equal(announced, reader.AnnouncedBytes);
    }

    [Theory]
    [InlineData(BodyFraming.Length, 5, "abcdenext")]
    [InlineData(BodyFraming.UntilClose, 0, "abcde")]
    [InlineData(BodyFraming.Chunked, 0, Chunked + "next")]
    public void Looker_SeesThePayloadAlone(BodyFraming framing, long lengthBytes, string sent)
    {
        foreach (var part in (int[])[int.MaxValue, 1, 2, 3])
        {
            var nowTicks = 0L;
            var reader = new BodyReader<PayloadRate>(
                framing, lengthBytes, ChunkedForm.ChunksAndTrailers, new PayloadRate(() => nowTicks));
            Read(ref reader, sent, part);
            nowTicks = 2 * TimeSpan.TicksPerSecond;

            Assert.Equal(2.5, reader.Looker.BytesPerSecond);
        }
    }

    /// <summary>As a connection does: what is passed on gathers before what is still to be read.</summary>
    private static (ScanStatus, string) Read<TLooker>(ref BodyReader<TLooker> reader, string sent, int part)
        where TLooker : struct, IPayloadLooker
    {
        var (passedOn, status) = (new StringBuilder(), ScanStatus.NeedMore);
        var position = 0;
        do
        {
            var data = Encoding.ASCII.GetBytes(sent[position..(position + Math.Min(part, sent.Length - position))]);
            var result = reader.Read(data);
            status = result.Status;
            passedOn.Append(Encoding.ASCII.GetString(data, 0, result.Written));
            position += result.Consumed;
        }
        while (status == ScanStatus.NeedMore && position < sent.Length);
        return (status, passedOn.ToString());
    }
}
