using System.Net;
using System.Net.Sockets;

namespace Sidecar.DataPlane;

/// <summary>
/// The second candidate: <see cref="Socket"/> used directly, with inline completions on one socket thread. All awaits
/// are in the connection's own loop, so that nothing is allocated per request.
/// </summary>
internal static class SocketRelay
{
    private const int Backlog = 1024;

    public static async Task RunAsync(int listenPort, int upstreamPort)
    {
        using var listener = NewSocket();
        listener.Bind(new IPEndPoint(IPAddress.Loopback, listenPort));
        listener.Listen(Backlog);
        var pool = new SocketPool(new IPEndPoint(IPAddress.Loopback, upstreamPort));
        while (true)
        {
            var downstream = await listener.AcceptAsync();
            downstream.NoDelay = true;
            _ = ServeAsync(downstream, pool);
        }
    }

    public static Socket NewSocket() =>
        new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private static async Task ServeAsync(Socket downstream, SocketPool pool)
    {
        var request = new SocketFlow(response: false);
        var response = new SocketFlow(response: true);
        Socket? upstream = null;
        try
        {
            do
            {
                while (!request.TryHead())
                    request.Received(await downstream.ReceiveAsync(request.Space));
                upstream = pool.TryRent() ?? await pool.ConnectAsync();
                await upstream.SendAsync(request.Pending);
                while (!request.Ended)
                {
                    request.Refill(await downstream.ReceiveAsync(request.Space));
                    await upstream.SendAsync(request.Pending);
                }
                while (!response.TryHead())
                    response.Received(await upstream.ReceiveAsync(response.Space));
                await downstream.SendAsync(response.Pending);
                while (!response.Ended)
                {
                    response.Refill(await upstream.ReceiveAsync(response.Space));
                    await downstream.SendAsync(response.Pending);
                }
                if (!response.KeepAlive) return;
                pool.Return(upstream);
                upstream = null;
            }
            while (request.KeepAlive);
        }
        catch (Exception fault) when (fault is SocketException or IOException or InvalidDataException)
        {
            // The other side left, or spoke no HTTP: both connections end below.
        }
        finally
        {
            upstream?.Dispose();
            downstream.Dispose();
        }
    }
}
