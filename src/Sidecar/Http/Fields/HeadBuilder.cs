using System.Buffers.Text;
using Sidecar.Http.Bodies;

namespace Sidecar.Http.Fields;

/// <summary>Appends octets to a span; throws where it is too short, which the writers' bounds prevent.</summary>
internal ref struct HeadBuilder(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    public int Length { get; private set; }

    public void Append(scoped ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(_destination[Length..]);
        Length += octets.Length;
    }

    public void Append(long number)
    {
        if (!Utf8Formatter.TryFormat(number, _destination[Length..], out var written))
            throw new ArgumentException("The destination is too short");
        Length += written;
    }

    /// <summary>Appends the field lines whose kind is not in the mask; adjacent lines are copied at once.</summary>
    public void AppendFields(
        scoped ReadOnlySpan<byte> source, scoped ReadOnlySpan<FieldLine> lines, int fieldsEnd, uint dropMask)
    {
        if (lines.IsEmpty) return;
        var runStart = lines[0].NameStart;
        for (var i = 0; i < lines.Length; i++)
        {
            if ((dropMask & FieldKinds.MaskOf(lines[i].Kind)) == 0) continue;
            Append(source[runStart..lines[i].NameStart]);
            runStart = i + 1 < lines.Length ? lines[i + 1].NameStart : fieldsEnd;
        }
        Append(source[runStart..fieldsEnd]);
    }

    /// <summary>Appends the one framing field of a message, if it has any.</summary>
    public void AppendFraming(BodyFraming framing, long contentLength)
    {
        if (framing == BodyFraming.Chunked)
            Append("Transfer-Encoding: chunked\r\n"u8);
        else if (framing == BodyFraming.Length)
            AppendLength(contentLength);
    }

    public void AppendLength(long contentLength)
    {
        Append("Content-Length: "u8);
        Append(contentLength);
        Append("\r\n"u8);
    }
}
