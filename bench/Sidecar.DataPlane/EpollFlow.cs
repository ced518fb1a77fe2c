using Sidecar.Http;
using Sidecar.Http.Bodies;

namespace Sidecar.DataPlane;

/// <summary>
/// One direction of one connection: reads a message's head from a source, then sends head and body on as they come.
/// All of it in steps that never wait. Bounded by its two buffers; used by one reactor's thread.
/// </summary>
internal sealed class EpollFlow(bool response)
{
    private readonly byte[] _input = GC.AllocateUninitializedArray<byte>(HeadCodec.BufferBytes, pinned: true);
    private readonly byte[] _output = GC.AllocateUninitializedArray<byte>(2 * HeadCodec.BufferBytes, pinned: true);
    private readonly HeadCodec _codec = new();
    private int _start;
    private int _length;
    private byte[] _pending = [];
    private int _pendingStart;
    private int _pendingLength;
    private BodyMeter _body;
    private Message _message;

    public bool KeepAlive => _message.KeepAlive;

    public bool UntilClose => _message.Framing == BodyFraming.UntilClose;

    /// <summary>Reads until the head is whole, and makes of it and of the body at hand one piece to send.</summary>
    public RelayStep ReadHead(EpollSocket source)
    {
        while (true)
        {
            if (_length > 0)
            {
                var status = response
                    ? _codec.TryResponse(_input, _start, _length, _output, out _message)
                    : _codec.TryRequest(_input, _start, _length, _output, out _message);
                if (status == ParseStatus.Complete)
                {
                    TakeHead();
                    return RelayStep.Done;
                }
                if (status == ParseStatus.Malformed || _length == _input.Length) return RelayStep.Failed;
                MoveToFront();
            }
            else
            {
                _start = 0;
            }
            var received = source.TryReceive(_input.AsSpan(_start + _length));
            if (received <= 0) return received == EpollSocket.WouldBlock ? RelayStep.Blocked : RelayStep.Failed;
            _length += received;
        }
    }

    /// <summary>Sends what is pending and what else of the body comes; done when all of the message is sent.</summary>
    public RelayStep Relay(EpollSocket source, EpollSocket destination)
    {
        while (true)
        {
            while (_pendingLength > 0)
            {
                var sent = destination.TrySend(_pending.AsSpan(_pendingStart, _pendingLength));
                if (sent < 0) return sent == EpollSocket.WouldBlock ? RelayStep.Blocked : RelayStep.Failed;
                _pendingStart += sent;
                _pendingLength -= sent;
            }
            if (_body.Ended) return RelayStep.Done;
            if (_length == 0)
            {
                var received = source.TryReceive(_input);
                if (received == 0 && UntilClose) return RelayStep.Done;
                if (received <= 0) return received == EpollSocket.WouldBlock ? RelayStep.Blocked : RelayStep.Failed;
                _start = 0;
                _length = received;
            }
            var taken = _body.Take(_input.AsSpan(_start, _length));
            if (taken < 0) return RelayStep.Failed;
            (_pending, _pendingStart, _pendingLength) = (_input, _start, taken);
            _start += taken;
            _length -= taken;
        }
    }

    private void TakeHead()
    {
        _start += _message.HeadBytes;
        _length -= _message.HeadBytes;
        _body.Begin(_message);
        var taken = _body.Ended ? 0 : Math.Max(0, _body.Take(_input.AsSpan(_start, _length)));
        _input.AsSpan(_start, taken).CopyTo(_output.AsSpan(_message.WrittenBytes));
        _start += taken;
        _length -= taken;
        (_pending, _pendingStart, _pendingLength) = (_output, 0, _message.WrittenBytes + taken);
    }

    private void MoveToFront()
    {
        if (_start == 0) return;
        _input.AsSpan(_start, _length).CopyTo(_input);
        _start = 0;
    }
}
