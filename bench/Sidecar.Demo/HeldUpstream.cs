using System.Threading.Channels;
using Sidecar.Testing;

namespace Sidecar.Demo;

/// <summary>A model server that does nothing but tell in which order requests reach it, and answers each when told to.
/// So the demonstration's order depends on no timing. Safe for any number of requests at once.</summary>
public sealed class HeldUpstream : IDisposable
{
    public const string NameField = "X-Demo-Request";

    private readonly SocketServer _server;
    private readonly Channel<HeldRequest> _reached = Channel.CreateBounded<HeldRequest>(1024);
    private volatile bool _holding;

    public HeldUpstream() => _server = new SocketServer(ServeAsync);

    /// <summary>While false every request is answered at once.</summary>
    public bool Holding
    {
        get => _holding;
        set => _holding = value;
    }

    public string Address => $"{_server.EndPoint}";

    /// <returns>The next request in the order in which they reached the model server.</returns>
    public async Task<HeldRequest> NextAsync(CancellationToken stop) => await _reached.Reader.ReadAsync(stop);

    public void Dispose() => _server.Dispose();

    private async Task ServeAsync(TestPeer peer)
    {
        while (true)
        {
            var message = await peer.ReadMessageAsync();
            if (message.StartsWith("POST ", StringComparison.Ordinal) && _holding)
            {
                var request = new HeldRequest(NameOf(message));
                await _reached.Writer.WriteAsync(request);
                await request.Released;
            }
            await peer.SendAsync(Requests.Ok);
        }
    }

    private static string NameOf(string message)
    {
        var line = message.Split("\r\n").Single(one => one.StartsWith(NameField, StringComparison.OrdinalIgnoreCase));
        return line[(line.IndexOf(':') + 1)..].Trim();
    }
}
