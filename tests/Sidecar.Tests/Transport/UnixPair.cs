using System.Net.Sockets;
using Sidecar.Downstream;
using Sidecar.Transport.Kernel;

namespace Sidecar.Tests.Transport;

/// <summary>The ends of a Unix socket: a client's, and what a listener of the sidecar's accepted.</summary>
internal sealed class UnixPair : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"sidecar-{Guid.NewGuid():n}.sock");
    private int _accepted = -1;

    internal Socket Client { get; } = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    internal static async Task<UnixPair> OpenAsync()
    {
        var pair = new UnixPair();
        var endPoint = new UnixDomainSocketEndPoint(pair._path);
        var listener = ListeningSocket.Open(endPoint, out _);
        await pair.Client.ConnectAsync(endPoint);
        pair._accepted = ListeningSocket.Accept(listener, out _);
        Libc.Close(listener);
        return pair;
    }

    /// <summary>The caller's from here on.</summary>
    internal int TakeAccepted() => Interlocked.Exchange(ref _accepted, -1);

    public void Dispose()
    {
        Client.Dispose();
        if (_accepted >= 0) Libc.Close(_accepted);
        File.Delete(_path);
    }
}
