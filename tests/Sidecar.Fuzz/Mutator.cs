using System.Text;

namespace Sidecar.Fuzz;

/// <summary>
/// Makes inputs from seeds by a few random edits, so that a good share stays valid and most of the rest is nearly so.
/// The same seed gives the same inputs. Used by one thread.
/// </summary>
internal sealed class Mutator(IReadOnlyList<string> seeds, IReadOnlyList<string> words, int seed)
{
    /// <summary>The longest input, in bytes.</summary>
    internal const int BytesMax = 12 * 1024;

    private const int EditsMax = 5;

    private readonly byte[][] _seeds = [.. seeds.Select(Encoding.Latin1.GetBytes)];
    private readonly byte[][] _words = [.. words.Select(Encoding.Latin1.GetBytes)];
    private readonly byte[] _input = new byte[2 * BytesMax];
    private int _length;

    internal Random Random { get; private set; } = new(seed);

    /// <summary>What follows depends on this number alone.</summary>
    internal void Begin(int number) => Random = new Random(number);

    /// <summary>The next input; valid until the one after.</summary>
    internal ReadOnlySpan<byte> Next()
    {
        _length = 0;
        Insert(0, Pick(_seeds));
        // The square makes few edits more common than many.
        var edits = (int)(EditsMax * Random.NextDouble() * Random.NextDouble() + 0.5);
        for (; edits > 0; edits--) Edit();
        return _input.AsSpan(0, _length);
    }

    private void Edit()
    {
        var at = Random.Next(_length + 1);
        switch (Random.Next(10))
        {
            case 0 when at < _length:
                _input[at] = (byte)Random.Next(256);
                break;
            case 1 when at < _length:
                _input[at] ^= (byte)(1 << Random.Next(8));
                break;
            case 2:
                Remove(at, 1 + Random.Next(4));
                break;
            case 3:
                Remove(at, Random.Next(_length));
                break;
            case 4:
                InsertPart(at, _input.AsSpan(0, _length).ToArray());
                break;
            case 5:
                InsertPart(at, Pick(_seeds));
                break;
            case 6:
                Repeat(at, Pick(_words));
                break;
            case 7:
                Remove(at, Random.Next(3));
                Insert(at, Pick(_words));
                break;
            case 8:
                Insert(LineStart(at), Pick(_words));
                break;
            default:
                Insert(at, Pick(_words));
                break;
        }
    }

    private byte[] Pick(byte[][] from) => from[Random.Next(from.Length)];

    private int LineStart(int at) => _input.AsSpan(0, at).LastIndexOf((byte)'\n') + 1;

    private void Repeat(int at, byte[] word)
    {
        for (var times = 1 << Random.Next(9); times > 0; times--) Insert(at, word);
    }

    private void InsertPart(int at, byte[] whole)
    {
        var start = Random.Next(whole.Length + 1);
        Insert(at, whole.AsSpan(start, Random.Next(whole.Length - start + 1)));
    }

    private void Insert(int at, ReadOnlySpan<byte> bytes)
    {
        if (_length + bytes.Length > BytesMax) return;
        _input.AsSpan(at, _length - at).CopyTo(_input.AsSpan(at + bytes.Length));
        bytes.CopyTo(_input.AsSpan(at));
        _length += bytes.Length;
    }

    private void Remove(int at, int count)
    {
        count = Math.Min(count, _length - at);
        _input.AsSpan(at + count, _length - at - count).CopyTo(_input.AsSpan(at));
        _length -= count;
    }
}
