namespace Sidecar.IntegrationTests.Harness;

/// <summary>What the small model servers have in common: health, and nothing else of themselves.</summary>
internal static class HealthyServer
{
    /// <param name="onPost">Answers a request, whose text is given.</param>
    internal static SocketServer Start(Func<TestPeer, string, Task> onPost) => new(async peer =>
    {
        while (true)
        {
            var message = await peer.ReadMessageAsync();
            if (message.StartsWith("GET /health ", StringComparison.Ordinal)) await peer.SendAsync(Requests.Ok);
            else if (message.StartsWith("POST ", StringComparison.Ordinal)) await onPost(peer, message);
            else await peer.SendAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        }
    });
}
