using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Sidecar.Trials;

/// <summary>One end of a raw connection that reads and sends heads and patterned bodies. One task at a time.</summary>
internal sealed class TrialWire(Socket socket, int bufferBytes = 256 * 1024)
{
    /// <summary>A slow reader rests so long after so many bytes: the sender's buffers are full each time.</summary>
    private const int PauseEveryBytes = 32 << 20, PauseMilliseconds = 50;

    private readonly byte[] _buffer = new byte[bufferBytes];
    private int _start;
    private int _end;

    /// <summary>Up to and with the empty line; null at the connection's end.</summary>
    internal async Task<string?> ReadHeadAsync()
    {
        while (true)
        {
            var at = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8);
            if (at >= 0)
            {
                var head = Encoding.ASCII.GetString(_buffer, _start, at + 4);
                _start += at + 4;
                return head;
            }
            if (!await FillAsync()) return null;
        }
    }

    /// <summary>
    /// The body's length if each of its bytes is the pattern's, or there was none; -1 if one is not; what came if the
    /// connection ended within it.
    /// </summary>
    internal async Task<long> ReadBodyAsync(string head, bool isSlow)
    {
        if (!head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
            return await ReadPatternAsync(0, LengthOf(head), isSlow);
        for (var position = 0L; ;)
        {
            var size = int.Parse(await ReadLineAsync(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var next = await ReadPatternAsync(position, size, isSlow);
            await ReadLineAsync();
            if (size == 0 || next < position) return next;
            position = next;
        }
    }

    /// <summary>A short body as text.</summary>
    internal async Task<string> ReadTextAsync(int length)
    {
        while (_end - _start < length)
        {
            if (!await FillAsync()) throw new EndOfStreamException();
        }
        _start += length;
        return Encoding.ASCII.GetString(_buffer, _start - length, length);
    }

    /// <summary>The body of a small answer as text, in either framing.</summary>
    internal async Task<string> ReadTextAsync(string head)
    {
        if (!head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
            return await ReadTextAsync((int)LengthOf(head));
        var text = new StringBuilder();
        while (true)
        {
            var size = int.Parse(await ReadLineAsync(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            text.Append(await ReadTextAsync(size));
            if ((await ReadLineAsync()).Length > 0) return text.Append(" (a chunk without its end)").ToString();
            if (size == 0) return text.ToString();
        }
    }

    internal async Task SendAsync(string text) => await SendAllAsync(Encoding.ASCII.GetBytes(text));

    /// <summary>Sends the pattern, in chunks of 64 KiB if so asked.</summary>
    internal async Task SendBodyAsync(long size, bool isChunked)
    {
        for (var position = 0L; position < size;)
        {
            var part = Pattern.From(position, size - position);
            if (isChunked) await SendAsync($"{part.Length:x}\r\n");
            await SendAllAsync(part);
            if (isChunked) await SendAsync("\r\n");
            position += part.Length;
        }
        if (isChunked) await SendAsync("0\r\n\r\n");
    }

    private static long LengthOf(string head)
    {
        const string name = "\r\ncontent-length: ";
        var at = head.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        if (at < 0) return 0;
        at += name.Length;
        return long.Parse(head.AsSpan(at, head.IndexOf('\r', at) - at), CultureInfo.InvariantCulture);
    }

    private async Task<long> ReadPatternAsync(long position, long length, bool isSlow)
    {
        var end = position + length;
        var isGood = true;
        while (position < end)
        {
            if (_start == _end && !await FillAsync()) return position;
            var count = (int)Math.Min(_end - _start, end - position);
            // Small bodies are requests of their own making.
            if (length > 1024) isGood &= Pattern.Fits(_buffer.AsSpan(_start, count), position);
            _start += count;
            if (isSlow && position / PauseEveryBytes != (position + count) / PauseEveryBytes)
                await Task.Delay(PauseMilliseconds);
            position += count;
        }
        return isGood ? position : -1;
    }

    private async Task<string> ReadLineAsync()
    {
        int at;
        while ((at = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8)) < 0)
        {
            if (!await FillAsync()) throw new EndOfStreamException();
        }
        var line = Encoding.ASCII.GetString(_buffer, _start, at);
        _start += at + 2;
        return line;
    }

    private async Task<bool> FillAsync()
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            (_start, _end) = (0, _end - _start);
        }
        var count = await socket.ReceiveAsync(_buffer.AsMemory(_end));
        _end += count;
        return count > 0;
    }

    private async Task SendAllAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes)..];
    }
}
