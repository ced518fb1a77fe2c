using System.Text;
using Sidecar.Http;

namespace Sidecar.Proxy;

/// <summary>
/// Which requests never queue: every method but POST, and POST to the paths given here. Immutable; safe from any thread.
/// </summary>
public sealed class BypassRules
{
    private readonly byte[][] _exact;
    private readonly byte[][] _prefixes;

    /// <param name="patterns">Paths, compared byte by byte before the "?"; a trailing "*" makes a prefix.</param>
    public BypassRules(IEnumerable<string> patterns)
    {
        var all = patterns.ToLookup(pattern => pattern.EndsWith('*'));
        _exact = [.. all[false].Select(Encoding.UTF8.GetBytes)];
        _prefixes = [.. all[true].Select(pattern => Encoding.UTF8.GetBytes(pattern[..^1]))];
    }

    /// <summary>An upgrade queues whatever its method: it holds the model server as long as it lasts.</summary>
    public bool Passes(KnownMethod method, bool isUpgrade, ReadOnlySpan<byte> path)
    {
        if (isUpgrade) return false;
        if (method != KnownMethod.Post) return true;
        foreach (var exact in _exact)
        {
            if (path.SequenceEqual(exact)) return true;
        }
        foreach (var prefix in _prefixes)
        {
            if (path.StartsWith(prefix)) return true;
        }
        return false;
    }
}
