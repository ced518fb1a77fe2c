using System.Net.Sockets;
using System.Text;

namespace Sidecar.Configuration;

/// <summary>Reads <c>unix:/path</c>. Pure.</summary>
internal static class UnixSocketPath
{
    private const string Scheme = "unix:";

    /// <summary>What <c>struct sockaddr_un</c> holds, less the closing zero (unix(7)).</summary>
    private const int PathBytesMax = 107;

    internal static bool IsMeant(string text) => text.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>Null where the path is not absolute, or too long.</summary>
    internal static UnixDomainSocketEndPoint? Read(string text)
    {
        var path = text[Scheme.Length..];
        return path.StartsWith('/') && Encoding.UTF8.GetByteCount(path) <= PathBytesMax
            ? new UnixDomainSocketEndPoint(path)
            : null;
    }
}
