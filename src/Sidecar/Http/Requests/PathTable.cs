using System.Text;

namespace Sidecar.Http.Requests;

/// <summary>A short list of paths, exact or with a trailing <c>*</c> a prefix, searched from the first to the last.
/// Immutable; any thread. Octets are compared as they came, without decoding.</summary>
internal sealed class PathTable(IReadOnlyList<string> patterns)
{
    private readonly (byte[] Octets, bool IsPrefix)[] _patterns = [.. patterns.Select(Compile)];

    /// <summary>The index of the first pattern that fits, or -1.</summary>
    public int Find(ReadOnlySpan<byte> path)
    {
        for (var i = 0; i < _patterns.Length; i++)
        {
            var (octets, isPrefix) = _patterns[i];
            if (isPrefix ? path.StartsWith(octets) : path.SequenceEqual(octets)) return i;
        }
        return -1;
    }

    private static (byte[] Octets, bool IsPrefix) Compile(string pattern) => pattern.EndsWith('*')
        ? (Encoding.UTF8.GetBytes(pattern[..^1]), true)
        : (Encoding.UTF8.GetBytes(pattern), false);
}
