using System.Net;
using System.Net.Sockets;
using Sidecar.Testing;

namespace Sidecar.Fuzz.Upstream;

/// <summary>Sends a stream and waits for the answers to its whole requests. One task.</summary>
internal static class StreamClient
{
    /// <summary>Null when each got its answer; else what is missing.</summary>
    internal static async Task<string?> SendAsync(IPEndPoint sidecar, RequestStream stream)
    {
        var answers = 0;
        try
        {
            using var peer = await TestPeer.ConnectAsync(sidecar);
            // The end is abrupt on purpose: hundreds of thousands of orderly ones would use up the machine's ports.
            peer.Socket.LingerState = new LingerOption(true, 0);
            await peer.SendAsync(stream.Text);
            foreach (var request in stream.Whole)
            {
                var head = await ReadFinalHeadAsync(peer);
                var body = request.Method == "HEAD" ? request.Target : await peer.ReadBodyAsync(head);
                // An answer with status 200 names the target that it is for.
                if (head.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal) && body != request.Target)
                    return $"the answer to {request.Target} is that to {body}";
                answers++;
            }
            return null;
        }
        catch (Exception failure) when (failure is SocketException or IOException or TimeoutException)
        {
            return answers == stream.Whole.Count
                ? null
                : $"{failure.Message} after {answers} of {stream.Whole.Count} answers";
        }
    }

    /// <summary>RFC 9110 section 15.2: interim answers come before the one that counts.</summary>
    private static async Task<string> ReadFinalHeadAsync(TestPeer peer)
    {
        while (true)
        {
            var head = await peer.ReadHeadAsync();
            if (head[9] != '1') return head;
        }
    }
}
