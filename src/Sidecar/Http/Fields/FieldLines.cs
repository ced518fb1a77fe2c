using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Sidecar.Http.Fields;

/// <summary>The fields of one head in their order, reused from head to head. Grows to the given bound and then
/// allocates no more. Belongs to one thread.</summary>
internal sealed class FieldLines(int countMax = FieldLines.CountMax)
{
    public const int CountMax = 128;

    private const int CountAtFirst = 16;

    private object? _holder;
    private FieldLine[] _lines = new FieldLine[Math.Min(CountAtFirst, countMax)];

    public int Count { get; private set; }

    /// <summary>Which kinds occur, one bit each.</summary>
    internal uint KindsMask { get; private set; }

    public ReadOnlySpan<FieldLine> Lines => _lines.AsSpan(0, Count);

    public bool Has(FieldKind kind) => (KindsMask & FieldKinds.MaskOf(kind)) != 0;

    /// <summary>Debug builds: the fields belong to this head or reader until the next head is read into them.</summary>
    [Conditional("DEBUG")]
    internal void HoldFor(object holder) => _holder = holder;

    /// <summary>Debug builds: fails when the shared fields were filled from another head since.</summary>
    [Conditional("DEBUG")]
    internal void AssertHeldBy(object holder) =>
        Debug.Assert(_holder == holder, "The fields of another head are taken for this one's.");

    internal void Clear()
    {
        Count = 0;
        KindsMask = 0;
    }

    internal bool TryAdd(in FieldLine line)
    {
        var lines = _lines;
        if ((uint)Count >= (uint)lines.Length && !TryGrow(ref lines)) return false;
        lines[Count++] = line;
        KindsMask |= FieldKinds.MaskOf(line.Kind);
        return true;
    }

    /// <summary>Gives every field of this name the kind <see cref="FieldKind.ConnectionNamed"/>.</summary>
    internal void MarkConnectionNamed(ReadOnlySpan<byte> source, ReadOnlySpan<byte> name)
    {
        foreach (ref var line in _lines.AsSpan(0, Count))
        {
            // Host stays whatever Connection says: dropping it is an attack, not an option. The framing stays
            // too, since the writers take it from the head and not from its line.
            if (line.Kind == FieldKind.Host || line.NameLength != name.Length
                || !Ascii.EqualsIgnoreCase(line.Name.In(source), name))
                continue;
            line.Kind = FieldKind.ConnectionNamed;
            KindsMask |= FieldKinds.MaskOf(FieldKind.ConnectionNamed);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryGrow(ref FieldLine[] lines)
    {
        if (lines.Length >= countMax) return false;
        Array.Resize(ref _lines, Math.Min(lines.Length * 2, countMax));
        lines = _lines;
        return true;
    }
}
