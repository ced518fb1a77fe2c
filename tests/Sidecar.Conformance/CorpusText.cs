using System.Globalization;
using System.Text;

namespace Sidecar.Conformance;

/// <summary>Turns the corpus's notation into octets, one character each in Latin-1. Pure.</summary>
internal static class CorpusText
{
    private const string Get = "GET /{id} HTTP/1.1\r\nHost: a\r\n", Post = "POST /{id} HTTP/1.1\r\nHost: a\r\n";

    /// <summary>Resolves escapes and repetitions; <c>{id}</c>, <c>{close}</c> and <c>{reset}</c> stay.</summary>
    internal static string Expand(string text)
    {
        text = Unescape(text).Replace("{get}", Get, StringComparison.Ordinal)
            .Replace("{post}", Post, StringComparison.Ordinal);
        var expanded = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var star = text[i] == '{' ? text.IndexOf('*', i) : -1;
            if (star < 0 || !int.TryParse(text.AsSpan(i + 1, star - i - 1), NumberStyles.None, null, out var times))
            {
                expanded.Append(text[i]);
                continue;
            }
            var end = EndOf(text, i);
            expanded.Insert(expanded.Length, text[(star + 1)..end], times);
            i = end;
        }
        return expanded.ToString();
    }

    /// <summary>For people: everything but visible ASCII escaped, and the middle of what is long left out.</summary>
    internal static string Show(string text)
    {
        const int most = 400;
        var shown = new StringBuilder();
        foreach (var octet in text)
        {
            _ = octet switch
            {
                '\r' => shown.Append("\\r"),
                '\n' => shown.Append("\\n"),
                '\t' => shown.Append("\\t"),
                < ' ' or > '~' => shown.Append(CultureInfo.InvariantCulture, $"\\x{(int)octet:x2}"),
                _ => shown.Append(octet),
            };
        }
        if (shown.Length <= most) return $"{shown}";
        return $"{shown.ToString(0, most / 2)} ... {shown.ToString(shown.Length - most / 2, most / 2)}";
    }

    private static string Unescape(string text)
    {
        var octets = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                octets.Append(text[i]);
                continue;
            }
            var letter = text[++i];
            if (letter == 'x')
            {
                octets.Append((char)byte.Parse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, null));
                i += 2;
                continue;
            }
            octets.Append(letter switch
            {
                'r' => '\r',
                'n' => '\n',
                't' => '\t',
                'v' => '\v',
                '0' => '\0',
                _ => letter,
            });
        }
        return octets.ToString();
    }

    /// <summary>The brace that closes the one at <paramref name="start"/>; <c>{id}</c> may stand between.</summary>
    private static int EndOf(string text, int start)
    {
        var depth = 0;
        for (var i = start; ; i++)
        {
            if (text[i] == '{') depth++;
            else if (text[i] == '}' && --depth == 0) return i;
        }
    }
}
