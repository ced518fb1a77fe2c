using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Sidecar.Admin;

/// <summary>
/// What one client of the admin port may hold: requests are small, and answers go out as they are read. At most some
/// 100 KiB of this process and 128 KiB of the kernel, times <see cref="ConnectionsMax"/>.
/// </summary>
internal static class AdminLimits
{
    internal const int ConnectionsMax = 128;

    private const int RequestBytes = 16 * 1024, AnswerBytes = 16 * 1024, SocketBytes = 32 * 1024;

    /// <summary>A reader that is slower is cut: a page of 1 MiB takes it four minutes at most.</summary>
    private const double ReadBytesPerSecond = 4 * 1024;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    internal static void Apply(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.ConfigureEndpointDefaults(static endPoint => endPoint.Protocols = HttpProtocols.Http1);
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = 0;
        limits.MaxRequestLineSize = RequestBytes / 4;
        limits.MaxRequestHeadersTotalSize = RequestBytes / 2;
        limits.MaxRequestBufferSize = RequestBytes;
        limits.MaxResponseBufferSize = AnswerBytes;
        limits.MinResponseDataRate = new MinDataRate(ReadBytesPerSecond, Grace);
        limits.RequestHeadersTimeout = Grace;
        // Longer than Prometheus rests between two scrapes, by its default.
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(75);
    }

    internal static SocketTransportOptions Transport() => new()
    {
        MaxReadBufferSize = RequestBytes,
        MaxWriteBufferSize = AnswerBytes,
        CreateBoundListenSocket = Bind,
    };

    /// <summary>The sizes pass to each connection that is accepted (socket(7), tcp(7)).</summary>
    private static Socket Bind(EndPoint endPoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        socket.SendBufferSize = socket.ReceiveBufferSize = SocketBytes;
        return socket;
    }
}
