using System.Globalization;
using System.Text;

namespace Sidecar.Fuzz.Reference;

/// <summary>
/// JSON by RFC 8259, read by recursive descent: an object is a list of pairs, an array a list, a string its raw inside,
/// a number its text in a <see cref="StringBuilder"/>, and the three names themselves as <see cref="char"/>.
/// </summary>
internal sealed class ReferenceJson
{
    internal sealed class Malformed : Exception;

    private const int DepthMax = 64;

    private readonly string _text;
    private int _at;
    private int _depth;

    private ReferenceJson(string text) => _text = text;

    /// <exception cref="Malformed">The text is no JSON value, or more than one.</exception>
    internal static object Read(string text)
    {
        var reader = new ReferenceJson(text);
        reader.SkipBlanks();
        var value = reader.Value();
        reader.SkipBlanks();
        return reader._at == text.Length ? value : throw new Malformed();
    }

    /// <summary>
    /// The bytes of a string from its raw inside, in Latin-1; null where a surrogate stands alone (section 8.2). What
    /// it has beyond <paramref name="bytesMax"/> is not looked at.
    /// </summary>
    internal static string? Unescape(string raw, int bytesMax)
    {
        var bytes = new StringBuilder();
        for (var i = 0; i < raw.Length && bytes.Length <= bytesMax;)
        {
            if (raw[i] != '\\')
            {
                bytes.Append(raw[i++]);
                continue;
            }
            if (raw[i + 1] != 'u')
            {
                bytes.Append("\b\f\n\r\t\"\\/"["bfnrt\"\\/".IndexOf(raw[i + 1])]);
                i += 2;
                continue;
            }
            int unit = Unit(raw, i);
            i += 6;
            if (char.IsLowSurrogate((char)unit)) return null;
            if (char.IsHighSurrogate((char)unit))
            {
                if (i + 6 > raw.Length || raw[i] != '\\' || raw[i + 1] != 'u') return null;
                if (!char.IsLowSurrogate(Unit(raw, i))) return null;
                unit = char.ConvertToUtf32((char)unit, Unit(raw, i));
                i += 6;
            }
            bytes.Append(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(char.ConvertFromUtf32(unit))));
        }
        return bytes.ToString();
    }

    private static char Unit(string raw, int at) =>
        (char)ushort.Parse(raw.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private object Value()
    {
        switch (Peek())
        {
            case '{':
                return List<(string, object)>('}', Member);
            case '[':
                return List<object>(']', Value);
            case '"':
                return String();
            case 't':
                return Word("true");
            case 'f':
                return Word("false");
            case 'n':
                return Word("null");
            default:
                return Number();
        }
    }

    private List<T> List<T>(char end, Func<T> element)
    {
        if (++_depth > DepthMax) throw new Malformed();
        _at++;
        var list = new List<T>();
        SkipBlanks();
        while (Peek() != end)
        {
            list.Add(element());
            SkipBlanks();
            if (Peek() == end) break;
            Take(',');
            SkipBlanks();
            if (Peek() == end) throw new Malformed();
        }
        _at++;
        _depth--;
        return list;
    }

    private (string, object) Member()
    {
        if (Peek() != '"') throw new Malformed();
        var name = String();
        SkipBlanks();
        Take(':');
        SkipBlanks();
        return (name, Value());
    }

    private string String()
    {
        var start = ++_at;
        while (Peek() != '"')
        {
            if (Peek() < ' ') throw new Malformed();
            if (_text[_at++] != '\\') continue;
            var escape = Peek();
            _at++;
            if (escape == 'u')
            {
                for (var i = 0; i < 4; i++, _at++)
                {
                    if (!char.IsAsciiHexDigit(Peek())) throw new Malformed();
                }
            }
            else if (!"\"\\/bfnrt".Contains(escape)) throw new Malformed();
        }
        return _text[start.._at++];
    }

    private StringBuilder Number()
    {
        var start = _at;
        if (Peek() == '-') _at++;
        if (Peek() == '0') _at++;
        else Digits();
        if (_at < _text.Length && _text[_at] == '.')
        {
            _at++;
            Digits();
        }
        if (_at < _text.Length && _text[_at] is 'e' or 'E')
        {
            _at++;
            if (Peek() is '+' or '-') _at++;
            Digits();
        }
        return new StringBuilder(_text[start.._at]);
    }

    private void Digits()
    {
        if (!char.IsAsciiDigit(Peek())) throw new Malformed();
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at])) _at++;
    }

    private object Word(string word)
    {
        foreach (var letter in word) Take(letter);
        return word[0];
    }

    private void Take(char expected)
    {
        if (Peek() != expected) throw new Malformed();
        _at++;
    }

    private char Peek() => _at < _text.Length ? _text[_at] : throw new Malformed();

    private void SkipBlanks()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\t' or '\n' or '\r') _at++;
    }
}
