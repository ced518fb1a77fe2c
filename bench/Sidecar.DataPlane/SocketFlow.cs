using Sidecar.Http;

namespace Sidecar.DataPlane;

/// <summary>One direction of one connection of the socket relay: what was received, and what is to be sent.</summary>
internal sealed class SocketFlow(bool response)
{
    private readonly byte[] _input = GC.AllocateUninitializedArray<byte>(HeadCodec.BufferBytes, pinned: true);
    private readonly byte[] _output = GC.AllocateUninitializedArray<byte>(2 * HeadCodec.BufferBytes, pinned: true);
    private readonly HeadCodec _codec = new();
    private int _start;
    private int _length;
    private BodyMeter _body;
    private Message _message;

    public bool KeepAlive => _message.KeepAlive;

    public bool Ended => _body.Ended;

    /// <summary>Where the next receive goes.</summary>
    public Memory<byte> Space => _input.AsMemory(_start + _length);

    /// <summary>What is to be sent now.</summary>
    public ReadOnlyMemory<byte> Pending { get; private set; }

    public void Received(int bytes)
    {
        if (bytes == 0) throw new InvalidDataException("The connection ended before its message.");
        _length += bytes;
    }

    /// <summary>True when the head is whole; it and the body at hand are then pending as one piece.</summary>
    public bool TryHead()
    {
        if (_length == 0)
        {
            _start = 0;
            return false;
        }
        var status = response
            ? _codec.TryResponse(_input, _start, _length, _output, out _message)
            : _codec.TryRequest(_input, _start, _length, _output, out _message);
        if (status == ParseStatus.Malformed || (status == ParseStatus.Incomplete && _length == _input.Length))
            throw new InvalidDataException("No HTTP head.");
        if (status == ParseStatus.Incomplete)
        {
            _input.AsSpan(_start, _length).CopyTo(_input);
            _start = 0;
            return false;
        }
        _start += _message.HeadBytes;
        _length -= _message.HeadBytes;
        _body.Begin(_message);
        var taken = _body.Ended ? 0 : TakeBody();
        _input.AsSpan(_start - taken, taken).CopyTo(_output.AsSpan(_message.WrittenBytes));
        Pending = _output.AsMemory(0, _message.WrittenBytes + taken);
        PrepareBody();
        return true;
    }

    /// <summary>Takes the next bytes of the body; they are then pending.</summary>
    public void Refill(int bytes)
    {
        Received(bytes);
        var taken = TakeBody();
        Pending = _input.AsMemory(_start - taken, taken);
        PrepareBody();
    }

    private int TakeBody()
    {
        var taken = _body.Take(_input.AsSpan(_start, _length));
        if (taken < 0) throw new InvalidDataException("Broken framing.");
        _start += taken;
        _length -= taken;
        return taken;
    }

    private void PrepareBody()
    {
        // Pending bytes are sent before the next receive, so their place is free again by then.
        if (_length == 0) _start = 0;
    }
}
