namespace Sidecar.Http.Fields;

/// <summary>Where one field of a head lies, in bytes from the head's first byte. Its line reaches from
/// <see cref="NameStart"/> to that of the next field, or to the empty line.</summary>
/// <param name="name">The field's name, of at most 65535 bytes.</param>
/// <param name="value">The field's value, without the white space around it.</param>
/// <param name="kind">What the name means here.</param>
internal struct FieldLine(ByteRange name, ByteRange value, FieldKind kind)
{
    public readonly int NameStart = name.Start, ValueStart = value.Start, ValueLength = value.Length;
    public readonly ushort NameLength = (ushort)name.Length;
    public FieldKind Kind = kind;

    public readonly ByteRange Name => new(NameStart, NameLength);

    public readonly ByteRange Value => new(ValueStart, ValueLength);
}
