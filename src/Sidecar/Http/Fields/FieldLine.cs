namespace Sidecar.Http.Fields;

/// <summary>
/// Where one field of a head lies, in bytes from the head's first byte. The line itself reaches from
/// <see cref="NameStart"/> to the next field's, or to the empty line.
/// </summary>
internal struct FieldLine
{
    public int NameStart;
    public int ValueStart;

    /// <summary>Without the white space around the value.</summary>
    public int ValueLength;

    public ushort NameLength;
    public FieldKind Kind;

    public readonly ByteRange Name => new(NameStart, NameLength);

    public readonly ByteRange Value => new(ValueStart, ValueLength);
}
