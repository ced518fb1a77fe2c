using System.Buffers;

namespace Sidecar.Http.Bodies;

/// <summary>
/// The grammar of what may stand between a chunk's size and its line's end (RFC 9112 section 7.1.1): any number of
/// <c>;name</c>, <c>;name=token</c> and <c>;name="quoted"</c>, with blanks before and behind <c>;</c> and <c>=</c>.
/// Pure; resumable after any octet.
/// </summary>
/// <remarks>A table, since a client may send little but extensions: an octet costs two look-ups, and a long name or
/// value is skipped in runs.</remarks>
internal static class ChunkExtensions
{
    /// <summary>After so many octets in one state the rest of the run is searched for at once.</summary>
    private const int StepsBeforeRun = 8;

    /// <summary>The states of <see cref="ChunkExtensionState"/> in their order, a letter each.</summary>
    private const string States = "bnNmvTQEq";

    /// <summary>The next state, by state (a row each) and octet (a column each): blank, <c>;</c>, <c>=</c>, <c>"</c>,
    /// <c>\</c>, of a token, other text, control. A dot is refused.</summary>
    private static readonly byte[] Next =
        [.. ("bn......" + "n....N.." + "mnv..N.." + "mnv....." + "v..Q.T.." + "bn...T.." + "QQQqEQQ." + "QQQQQQQ."
            + "bn......").Select(letter => (byte)States.IndexOf(letter))];

    private static readonly byte[] Columns = [.. Enumerable.Range(0, 256).Select(octet => ColumnOf((byte)octet))];

    /// <summary>The octets that leave a quoted value's state unchanged (RFC 9110 section 5.6.4).</summary>
    private static readonly SearchValues<byte> QuotedText = SearchValues.Create(
        [.. Enumerable.Range(0, 256).Select(i => (byte)i).Where(octet => ColumnOf(octet) is not (3 or 4 or 7))]);

    /// <summary>Takes octets as far as they fit the grammar; a carriage return never does.</summary>
    /// <returns>The number of octets taken. If not all, the next one ends the line or is a fault.</returns>
    public static int Scan(ReadOnlySpan<byte> data, ref ChunkExtensionState state)
    {
        var (current, steps, position) = ((int)state, 0, 0);
        while (position < data.Length)
        {
            var next = Next[(current * 8) + Columns[data[position]]];
            if (next >= States.Length) break;
            position++;
            steps = next == current ? steps + 1 : 0;
            current = next;
            if (steps < StepsBeforeRun) continue;
            position += RunLength(data[position..], (ChunkExtensionState)current);
            steps = 0;
        }
        state = (ChunkExtensionState)current;
        return position;
    }

    /// <summary>Whether the line may end here.</summary>
    public static bool MayEnd(ChunkExtensionState state) => state is ChunkExtensionState.Name
        or ChunkExtensionState.Token or ChunkExtensionState.QuotedEnd;

    private static int RunLength(ReadOnlySpan<byte> data, ChunkExtensionState state)
    {
        var length = state switch
        {
            ChunkExtensionState.Name or ChunkExtensionState.Token => data.IndexOfAnyExcept(Octets.Token),
            ChunkExtensionState.Quoted => data.IndexOfAnyExcept(QuotedText),
            _ => 0,
        };
        return length < 0 ? data.Length : length;
    }

    private static byte ColumnOf(byte octet) => octet switch
    {
        (byte)' ' or (byte)'\t' => 0,
        (byte)';' => 1,
        (byte)'=' => 2,
        (byte)'"' => 3,
        (byte)'\\' => 4,
        _ when Octets.Token.Contains(octet) => 5,
        < 0x20 or 0x7F => 7,
        _ => 6,
    };
}
