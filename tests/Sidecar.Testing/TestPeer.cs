using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Sidecar.Testing;

/// <summary>
/// One end of a raw connection, in Latin-1: what was sent is what is on the wire. Every wait is bounded.
/// </summary>
public sealed class TestPeer(Socket socket) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private byte[]? _received;
    private string _unread = "";
    private SslStream? _tls;

    public Socket Socket => socket;

    /// <summary>Null until one of the two handshakes.</summary>
    public SslStream? Tls => _tls;

    /// <param name="endPoint">What to connect to.</param>
    /// <param name="receiveBufferBytes">Small from the start: a window that shrinks later makes the sender wait for
    /// its persist timer.</param>
    public static async Task<TestPeer> ConnectAsync(EndPoint endPoint, int receiveBufferBytes = 0)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBufferBytes > 0) socket.ReceiveBufferSize = receiveBufferBytes;
        await socket.ConnectAsync(endPoint).WaitAsync(Patience);
        return new TestPeer(socket);
    }

    /// <summary>All that follows is encrypted; the far side's certificate is taken as it comes.</summary>
    public async Task SecureAsClientAsync(SslClientAuthenticationOptions options)
    {
        options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        _tls = new SslStream(new NetworkStream(socket));
        await _tls.AuthenticateAsClientAsync(options).WaitAsync(Patience);
    }

    public async Task SecureAsServerAsync(SslServerAuthenticationOptions options)
    {
        _tls = new SslStream(new NetworkStream(socket));
        await _tls.AuthenticateAsServerAsync(options).WaitAsync(Patience);
    }

    public async Task SendAsync(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        if (_tls is null) await socket.SendAsync(bytes).WaitAsync(Patience);
        else await _tls.WriteAsync(bytes).AsTask().WaitAsync(Patience);
    }

    public void EndSending() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>Does nothing where it is closed already.</summary>
    public void Reset()
    {
        if (socket.SafeHandle.IsClosed) return;
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    /// <summary>Reads up to and with <paramref name="mark"/>.</summary>
    public async Task<string> ReadThroughAsync(string mark)
    {
        int at;
        while ((at = _unread.IndexOf(mark, StringComparison.Ordinal)) < 0)
        {
            if (!await TryReceiveAsync()) throw new EndOfStreamException($"Ended before '{mark}': '{_unread}'");
        }
        return Take(at + mark.Length);
    }

    public Task<string> ReadHeadAsync() => ReadThroughAsync("\r\n\r\n");

    public async Task<string> ReadAsync(int count)
    {
        while (_unread.Length < count)
        {
            if (!await TryReceiveAsync()) throw new EndOfStreamException($"Ended before {count} bytes: '{_unread}'");
        }
        return Take(count);
    }

    /// <summary>A whole message with Content-Length, or without a body.</summary>
    public async Task<string> ReadMessageAsync()
    {
        var head = await ReadHeadAsync();
        return head + await ReadBodyAsync(head);
    }

    /// <summary>What <paramref name="head"/> announces by its Content-Length.</summary>
    public async Task<string> ReadBodyAsync(string head)
    {
        const string name = "Content-Length: ";
        var at = head.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? "" : await ReadAsync(int.Parse(head[(at + name.Length)..head.IndexOf('\r', at)]));
    }

    /// <summary>What comes until the peer ends its direction, or resets.</summary>
    public async Task<string> ReadToEndAsync() => (await ReadUntilOverAsync()).Text;

    /// <summary>What comes until the connection is over, and whether a reset ended it.</summary>
    public async Task<(string Text, bool IsReset)> ReadUntilOverAsync()
    {
        var isReset = false;
        try
        {
            while (await TryReceiveAsync())
            {
            }
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            isReset = true;
        }
        return (Take(_unread.Length), isReset);
    }

    public void Dispose() => socket.Dispose();

    private async Task<bool> TryReceiveAsync()
    {
        _received ??= new byte[64 * 1024];
        var count = _tls is null
            ? await socket.ReceiveAsync(_received).WaitAsync(Patience)
            : await _tls.ReadAsync(_received).AsTask().WaitAsync(Patience);
        _unread += Encoding.Latin1.GetString(_received, 0, count);
        return count > 0;
    }

    private string Take(int count)
    {
        var taken = _unread[..count];
        _unread = _unread[count..];
        return taken;
    }
}
