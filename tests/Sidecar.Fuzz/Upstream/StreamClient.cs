using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sidecar.Fuzz.Upstream;

/// <summary>Sends a stream and waits for the answers to its whole requests. One task.</summary>
internal static class StreamClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Null when each got its answer; else what is missing.</summary>
    internal static async Task<string?> SendAsync(IPEndPoint sidecar, RequestStream stream)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        // The end is abrupt on purpose: hundreds of thousands of orderly ones would use up the machine's ports.
        socket.LingerState = new LingerOption(true, 0);
        using var patience = new CancellationTokenSource(Patience);
        var answers = 0;
        try
        {
            await socket.ConnectAsync(sidecar, patience.Token);
            await socket.SendAsync(Encoding.Latin1.GetBytes(stream.Text), patience.Token);
            var unread = "";
            var buffer = new byte[16 * 1024];
            while (answers < stream.Whole.Count)
            {
                var count = await socket.ReceiveAsync(buffer, patience.Token);
                if (count == 0) return $"closed after {answers} of {stream.Whole.Count} answers";
                unread += Encoding.Latin1.GetString(buffer, 0, count);
                answers += TakeAnswers(ref unread, stream, answers, out var mixedUp);
                if (mixedUp is not null) return mixedUp;
            }
            return null;
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            return answers == stream.Whole.Count
                ? null
                : $"{failure.Message} after {answers} of {stream.Whole.Count} answers";
        }
    }

    /// <summary>Each answer with status 200 names the target that it is for.</summary>
    private static int TakeAnswers(ref string unread, RequestStream stream, int before, out string? mixedUp)
    {
        mixedUp = null;
        const string name = "\r\nContent-Length: ";
        var taken = 0;
        while (before + taken < stream.Whole.Count
            && unread.IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and var end)
        {
            var head = unread[..(end + 4)];
            var length = 0;
            var at = head.IndexOf(name, StringComparison.OrdinalIgnoreCase);
            var isHead = stream.Whole[before + taken].Method == "HEAD";
            if (at >= 0 && !isHead) length = int.Parse(head[(at + name.Length)..head.IndexOf('\r', at + 2)]);
            if (unread.Length < head.Length + length) break;
            var target = stream.Whole[before + taken].Target;
            var body = unread.Substring(head.Length, length);
            if (head.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal) && !isHead && body != target)
                mixedUp = $"the answer to {target} is that to {body}";
            unread = unread[(head.Length + length)..];
            // RFC 9110 section 15.2: interim answers come before the one that counts.
            if (head[9] != '1') taken++;
        }
        return taken;
    }
}
