using System.Net;
using System.Net.Sockets;

namespace Sidecar.IntegrationTests.Faults;

/// <summary>The sidecar's own port behind another address, as a Service or a port forwarder gives it.</summary>
public class LoopTests
{
    private const int ConnectionsMax = 20;

    [Theory]
    [InlineData(Requests.Get)]
    [InlineData("POST /tokenize HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}")]
    public async Task UpstreamThatLeadsBack_Is508AtTheSecondPass(string request)
    {
        using var forwarder = new TcpListener(IPAddress.Loopback, 0);
        forwarder.Start();
        await using var sidecar = await SidecarProcess.StartAsync((IPEndPoint)forwarder.LocalEndpoint);
        _ = ForwardAsync(forwarder, sidecar.Data);

        var answer = await (await sidecar.SendAsync(request)).ReadMessageAsync();

        Assert.StartsWith("HTTP/1.1 508 Loop Detected\r\n", answer);
        Assert.Contains("x-sidecar-reason: loop\r\n", answer);
    }

    /// <summary>Takes so many connections and no more, so that a loop has an end.</summary>
    private static async Task ForwardAsync(TcpListener forwarder, IPEndPoint target)
    {
        for (var count = 0; count < ConnectionsMax; count++)
        {
            _ = ForwardAsync(await forwarder.AcceptTcpClientAsync(), target);
        }
        forwarder.Stop();
    }

    private static async Task ForwardAsync(TcpClient incoming, IPEndPoint target)
    {
        using var outgoing = new TcpClient();
        await outgoing.ConnectAsync(target);
        await Task.WhenAll(CopyAsync(incoming, outgoing), CopyAsync(outgoing, incoming));
        incoming.Dispose();
    }

    private static async Task CopyAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream());
            to.Client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception ended) when (ended is IOException or SocketException)
        {
            // One of the two has left.
        }
    }
}
