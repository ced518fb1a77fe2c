using System.Net.Sockets;
using System.Text;

namespace Sidecar.Conformance;

/// <summary>Sends text as octets.</summary>
internal static class Wire
{
    /// <param name="socket">Connected.</param>
    /// <param name="text">One character an octet.</param>
    /// <param name="byBytes">One send for each octet, so that a reader sees it in as many pieces as can be.</param>
    internal static async Task SendAsync(Socket socket, string text, bool byBytes)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        if (!byBytes)
        {
            await socket.SendAsync(bytes);
            return;
        }
        for (var i = 0; i < bytes.Length; i++)
        {
            await socket.SendAsync(bytes.AsMemory(i, 1));
            // Now and then the reader has its turn before the next octet.
            if (i % 16 == 0) await Task.Yield();
        }
    }
}
