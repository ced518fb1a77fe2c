using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Sidecar.Conformance;

/// <summary>
/// Reads messages from a socket by the letter of RFC 9112, slowly and without tolerance: what either end of a proxy is
/// held to. One task.
/// </summary>
internal sealed partial class WireReader(Socket socket)
{
    private readonly byte[] _received = new byte[64 * 1024];
    private string _unread = "";
    private bool _hasEnded;

    /// <summary>The connection was reset, and not ended by a FIN.</summary>
    internal bool WasReset { get; private set; }

    internal bool HasEnded => _hasEnded;

    /// <summary>Bytes that belong to no whole head.</summary>
    internal string Rest => _unread;

    /// <summary>Up to and with the empty line, without it; null: the connection ended before.</summary>
    /// <exception cref="InvalidDataException">What came is no head.</exception>
    internal async Task<WireMessage?> ReadHeadAsync(int connection, CancellationToken cancellation)
    {
        int end;
        while ((end = _unread.IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
        {
            if (!await ReceiveAsync(cancellation)) return null;
        }
        var lines = Take(end + 4)[..^4].Split("\r\n");
        var fields = new List<(string, string)>();
        foreach (var line in lines.Skip(1))
        {
            var match = FieldLine().Match(line);
            if (!match.Success) throw new InvalidDataException($"no field line: {CorpusText.Show(line)}");
            fields.Add((match.Groups[1].Value.ToLowerInvariant(), match.Groups[2].Value.Trim(' ', '\t')));
        }
        return new WireMessage(lines[0], fields, "", false, connection);
    }

    /// <summary>The body behind a head.</summary>
    /// <param name="head">As read before.</param>
    /// <param name="isBodiless">It has none, whatever its fields say.</param>
    /// <param name="mayEndWithConnection">It is a response, whose body may last until the end.</param>
    /// <param name="cancellation">Of the wait.</param>
    /// <exception cref="InvalidDataException">The framing is broken.</exception>
    internal async Task<WireMessage> ReadBodyAsync(
        WireMessage head, bool isBodiless, bool mayEndWithConnection, CancellationToken cancellation)
    {
        var lengths = head.ValuesOf("content-length").ToList();
        var codings = head.ValuesOf("transfer-encoding").ToList();
        if (lengths.Count + codings.Count > 1) throw new InvalidDataException("framed twice");
        if (isBodiless) return head with { IsWhole = true };
        if (codings is [var coding])
        {
            if (!coding.Equals("chunked", StringComparison.OrdinalIgnoreCase))
                throw new InvalidDataException($"coding {CorpusText.Show(coding)}");
            return await ReadChunksAsync(head, cancellation);
        }
        if (lengths is [var length])
        {
            if (!Digits().IsMatch(length)) throw new InvalidDataException($"length {CorpusText.Show(length)}");
            var expected = long.Parse(length, CultureInfo.InvariantCulture);
            var body = await ReadAsync((int)Math.Min(expected, int.MaxValue), cancellation);
            return head with { Body = body, IsWhole = body.Length == expected };
        }
        if (!mayEndWithConnection) return head with { IsWhole = true };
        while (await ReceiveAsync(cancellation))
        {
        }
        return head with { Body = Take(_unread.Length), IsWhole = !WasReset };
    }

    private async Task<WireMessage> ReadChunksAsync(WireMessage head, CancellationToken cancellation)
    {
        var body = "";
        while (true)
        {
            if (await ReadLineAsync(cancellation) is not { } line) return head with { Body = body };
            if (!ChunkSize().IsMatch(line)) throw new InvalidDataException($"chunk size {CorpusText.Show(line)}");
            var size = int.Parse(line, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0) break;
            var chunk = await ReadAsync(size + 2, cancellation);
            body += chunk[..Math.Min(size, chunk.Length)];
            if (chunk.Length < size + 2) return head with { Body = body };
            if (!chunk.EndsWith("\r\n", StringComparison.Ordinal)) throw new InvalidDataException("no end of a chunk");
        }
        while (await ReadLineAsync(cancellation) is { } trailer)
        {
            if (trailer == "") return head with { Body = body, IsWhole = true };
            if (!FieldLine().IsMatch(trailer)) throw new InvalidDataException($"trailer {CorpusText.Show(trailer)}");
        }
        return head with { Body = body };
    }

    private async Task<string?> ReadLineAsync(CancellationToken cancellation)
    {
        int end;
        while ((end = _unread.IndexOf("\r\n", StringComparison.Ordinal)) < 0)
        {
            if (!await ReceiveAsync(cancellation)) return null;
        }
        return Take(end + 2)[..^2];
    }

    private async Task<string> ReadAsync(int count, CancellationToken cancellation)
    {
        while (_unread.Length < count && await ReceiveAsync(cancellation))
        {
        }
        return Take(Math.Min(count, _unread.Length));
    }

    /// <summary>False at the connection's end.</summary>
    internal async Task<bool> ReceiveAsync(CancellationToken cancellation)
    {
        if (_hasEnded) return false;
        try
        {
            var count = await socket.ReceiveAsync(_received, cancellation);
            _unread += Encoding.Latin1.GetString(_received, 0, count);
            _hasEnded = count == 0;
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
            _hasEnded = WasReset = true;
        }
        return !_hasEnded;
    }

    private string Take(int count)
    {
        var taken = _unread[..count];
        _unread = _unread[count..];
        return taken;
    }

    // Other controls than these may be passed on (RFC 9110 section 5.5).
    [GeneratedRegex(@"^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([^\0\r\n]*)\z")]
    private static partial Regex FieldLine();

    [GeneratedRegex(@"^[0-9]{1,18}\z")]
    private static partial Regex Digits();

    [GeneratedRegex(@"^[0-9A-Fa-f]{1,7}\z")]
    private static partial Regex ChunkSize();
}
