using System.Net;
using System.Net.Sockets;

namespace Sidecar.Conformance;

/// <summary>Sends one case's bytes through the proxy on a connection of their own, and reads what comes.</summary>
internal static class ProxyClient
{
    private const string Closes = "{close}";

    /// <param name="proxy">Where it listens.</param>
    /// <param name="bytes">One character an octet; <c>{close}</c> at their end closes this direction.</param>
    /// <param name="byBytes">One send each.</param>
    /// <param name="answersMax">After so many final answers nothing more is awaited.</param>
    /// <param name="isHead">The first request's method is HEAD, so that its answer has no body.</param>
    /// <param name="patience">How long a silent connection is listened to.</param>
    internal static async Task<Observation> SendAsync(
        IPEndPoint proxy, string bytes, bool byBytes, int answersMax, bool isHead, TimeSpan patience)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(proxy);
        var sending = SendAsync(socket, bytes, byBytes);
        var reader = new WireReader(socket);
        var answers = new List<WireMessage>();
        string? garbage = null;
        using var limit = new CancellationTokenSource(patience);
        try
        {
            while (answers.Count(answer => answer.Status >= 200) < answersMax
                && await reader.ReadHeadAsync(0, limit.Token) is { } head)
            {
                var isFirst = !answers.Any(answer => answer.Status >= 200);
                var isBodiless = (isHead && isFirst) || head.Status is < 200 or 204 or 304;
                answers.Add(head);
                answers[^1] = await reader.ReadBodyAsync(head, isBodiless, mayEndWithConnection: true, limit.Token);
            }
            if (reader.Rest != "") garbage = $"and more: {CorpusText.Show(reader.Rest)}";
        }
        catch (OperationCanceledException)
        {
            // Silent for long enough; what came so far is what there is.
        }
        catch (InvalidDataException nonsense)
        {
            garbage = nonsense.Message;
        }
        var hasEnded = reader.HasEnded;
        socket.Close();
        await sending;
        return new Observation(answers, hasEnded, garbage);
    }

    private static async Task SendAsync(Socket socket, string bytes, bool byBytes)
    {
        try
        {
            await Wire.SendAsync(socket, bytes.Replace(Closes, "", StringComparison.Ordinal), byBytes);
            if (bytes.EndsWith(Closes, StringComparison.Ordinal)) socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception left) when (left is SocketException or ObjectDisposedException)
        {
            // The proxy has seen enough; its answer may still be read.
        }
    }
}
