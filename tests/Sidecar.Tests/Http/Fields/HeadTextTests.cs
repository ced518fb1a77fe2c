using System.Buffers;
using System.Text;
using Sidecar.Http.Fields;

namespace Sidecar.Tests.Http.Fields;

/// <summary>The searches of short texts against the framework's: every octet at every place of every length.</summary>
public sealed class HeadTextTests
{
    private const int LengthMax = 40;

    private static readonly SearchValues<byte> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 256).Select(i => (byte)i).Where(b => b is < 0x20 and not 9 or 0x7F)]);

    private static ReadOnlySpan<byte> Name => "x-llm-d-9-inference-fairness-id-abcdefgh"u8;

    [Fact]
    public void Control_IsFoundWhereverItStands()
    {
        ForEachOctet(fill: (byte)'a', text => Assert.Equal(text.IndexOfAny(Controls), HeadText.IndexOfControl(text)));
    }

    [Fact]
    public void FirstControl_IsFoundOfSeveral()
    {
        var text = new byte[LengthMax];
        for (var first = 0; first < LengthMax; first++)
        {
            text.AsSpan(first).Fill(0);
            text.AsSpan(0, first).Fill((byte)' ');
            Assert.Equal(first, HeadText.IndexOfControl(text));
        }
    }

    [Fact]
    public void Name_IsKnownInAnyCaseAndNoOther()
    {
        for (var length = 0; length <= LengthMax; length++)
        {
            var text = new byte[length];
            for (var position = 0; position < length; position++)
            {
                for (var octet = 0; octet < 256; octet++)
                {
                    Name[..length].CopyTo(text);
                    text[position] = (byte)octet;
                    Assert.Equal(
                        Ascii.EqualsIgnoreCase(text, Name[..length]), HeadText.EqualsLowered(text, Name[..length]));
                }
            }

            Assert.True(HeadText.EqualsLowered(Name[..length], Name[..length]));
            Assert.False(HeadText.EqualsLowered(Name[..length], Name[..Math.Abs(length - 1)]));
        }
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData(" \t ", "", 3)]
    [InlineData("a", "a", 0)]
    [InlineData("\t a b\t ", "a b", 2)]
    [InlineData("\ra", "\ra", 0)]
    public void Blanks_AreTakenOff(string text, string trimmed, int leadLength)
    {
        var rest = HeadText.Trim(Encoding.Latin1.GetBytes(text), out var lead);
        Assert.Equal(trimmed, Encoding.Latin1.GetString(rest));
        Assert.Equal(leadLength, lead);
    }

    private static void ForEachOctet(byte fill, SpanAction check)
    {
        for (var length = 0; length <= LengthMax; length++)
        {
            var text = new byte[length];
            for (var position = 0; position < length; position++)
            {
                for (var octet = 0; octet < 256; octet++)
                {
                    text.AsSpan().Fill(fill);
                    text[position] = (byte)octet;
                    check(text);
                }
            }
        }
    }

    private delegate void SpanAction(ReadOnlySpan<byte> text);
}
