using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sidecar.Configuration.Values;

/// <summary>Reads <c>unix:/path</c>, and looks whether a socket can be made there.</summary>
internal static class UnixSocketPath
{
    private const string Scheme = "unix:";

    /// <summary>What <c>struct sockaddr_un</c> holds, less the closing zero (unix(7)).</summary>
    private const int PathBytesMax = 107;

    internal static bool IsMeant(string text) => text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>A <see cref="ValueReader{T}"/> of a text with the scheme.</summary>
    internal static string? Read(string text, out EndPoint endPoint)
    {
        endPoint = null!;
        var path = text[Scheme.Length..];
        if (Encoding.UTF8.GetByteCount(path) > PathBytesMax)
            return $"the path is too long: a socket's has at most {PathBytesMax} bytes";
        if (!path.StartsWith('/')) return ValueKinds.NotAccepted;
        endPoint = new UnixDomainSocketEndPoint(path);
        return null;
    }

    /// <summary>
    /// Why no socket can be made at a path, or null. A socket that is there already may be a deserted one, which goes
    /// when it is listened on; nothing else of that name must.
    /// </summary>
    internal static string? FaultOf(string path)
    {
        if (!Directory.Exists(Path.GetDirectoryName(path))) return "the socket's folder does not exist";
        if (Directory.Exists(path)) return "it is a folder";
        try
        {
            // A socket cannot be opened (ENXIO of open(2)). For both ways, since a pipe would wait for its other end.
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return "there is a file that is no socket";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
