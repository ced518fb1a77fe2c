using System.Text;

namespace Sidecar.Http.Requests;

/// <summary>A list of paths, exact or with a trailing <c>*</c> a prefix. Immutable; any thread. Octets are compared as
/// they came, without decoding.</summary>
/// <remarks>Exact ones are kept by their length, and of both kinds the last octet is looked at first: of a path that is
/// not there hardly any is compared as a whole.</remarks>
internal sealed class PathTable
{
    private readonly byte[][][] _exactByLength;
    private readonly byte[][] _prefixes;

    public PathTable(IReadOnlyList<string> patterns)
    {
        _prefixes = [.. patterns.Where(IsPrefix).Select(pattern => Encoding.UTF8.GetBytes(pattern[..^1]))];
        var exact = patterns.Where(pattern => !IsPrefix(pattern)).Select(Encoding.UTF8.GetBytes)
            .ToLookup(octets => octets.Length);
        var longest = exact.Select(group => group.Key).DefaultIfEmpty(-1).Max();
        _exactByLength = [.. Enumerable.Range(0, longest + 1).Select(length => exact[length].ToArray())];
    }

    public bool Contains(ReadOnlySpan<byte> path)
    {
        if (path.Length < _exactByLength.Length)
        {
            foreach (var octets in _exactByLength[path.Length])
            {
                if (path[^1] == octets[^1] && path.SequenceEqual(octets)) return true;
            }
        }
        foreach (var prefix in _prefixes)
        {
            if (path.Length >= prefix.Length && path[prefix.Length - 1] == prefix[^1] && path.StartsWith(prefix))
                return true;
        }
        return false;
    }

    private static bool IsPrefix(string pattern) => pattern.EndsWith('*');
}
