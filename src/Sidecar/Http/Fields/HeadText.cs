using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sidecar.Http.Fields;

/// <summary>Searches and comparisons for short texts, as in heads: the framework's are made for long texts and take
/// several times as long to begin. Pure.</summary>
internal static class HeadText
{
    /// <summary>The index of the first control but HTAB, which ends a line or is illegal in a head; or -1.</summary>
    public static int IndexOfControl(ReadOnlySpan<byte> text)
    {
        ref var first = ref MemoryMarshal.GetReference(text);
        var position = 0;
        for (; position <= text.Length - Vector128<byte>.Count; position += Vector128<byte>.Count)
        {
            var octets = Vector128.LoadUnsafe(ref first, (nuint)position);
            var hits = (Vector128.LessThan(octets, Vector128.Create((byte)0x20))
                & ~Vector128.Equals(octets, Vector128.Create((byte)'\t')))
                | Vector128.Equals(octets, Vector128.Create((byte)0x7F));
            if (hits != Vector128<byte>.Zero)
                return position + BitOperations.TrailingZeroCount(hits.ExtractMostSignificantBits());
        }
        for (; position < text.Length; position++)
        {
            if (text[position] is < 0x20 and not (byte)'\t' or 0x7F) return position;
        }
        return -1;
    }

    /// <summary>Whether a text is this name, in any case of letters.</summary>
    /// <param name="text">Any octets.</param>
    /// <param name="lowered">Lower-case letters, and what stands before the letters in ASCII (digits, hyphens).</param>
    public static bool EqualsLowered(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lowered)
    {
        if (text.Length != lowered.Length) return false;
        ref var one = ref MemoryMarshal.GetReference(text);
        ref var other = ref MemoryMarshal.GetReference(lowered);
        var position = 0;
        for (; position <= text.Length - sizeof(ulong); position += sizeof(ulong))
        {
            if (!EqualsLowered(WordAt(ref one, position), WordAt(ref other, position))) return false;
        }
        // The last word again, as far as there is one: its first octets are known to be equal.
        if (position > 0)
            return EqualsLowered(
                WordAt(ref one, text.Length - sizeof(ulong)), WordAt(ref other, text.Length - sizeof(ulong)));
        for (; position < text.Length; position++)
        {
            if (!EqualsLowered(text[position], lowered[position])) return false;
        }
        return true;
    }

    /// <summary>Whether a text begins with this name, in any case of letters; bounds as for EqualsLowered.</summary>
    public static bool StartsWithLowered(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lowered) =>
        text.Length >= lowered.Length && EqualsLowered(text[..lowered.Length], lowered);

    /// <summary>A field's value or a list's element, without blanks around it (RFC 9110 section 5.5).</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => Trim(text, out _);

    /// <param name="text">A text with blanks around it.</param>
    /// <param name="leadLength">The blanks before the text; all of them where there is nothing else.</param>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text, out int leadLength)
    {
        var start = 0;
        var end = text.Length;
        while (start < end && Octets.IsBlank(text[start]))
            start++;
        while (end > start && Octets.IsBlank(text[end - 1]))
            end--;
        leadLength = start;
        return text[start..end];
    }

    private static ulong WordAt(ref byte first, int position) =>
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, position));

    // 0x40 is set in letters only, and a letter's cases differ in the bit below it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool EqualsLowered(ulong text, ulong lowered) =>
        ((text ^ lowered) & ~((lowered & 0x4040404040404040) >> 1)) == 0;
}
