using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Sidecar.Http;

namespace Sidecar.DataPlane;

/// <summary>One direction of one connection of the Kestrel relay: from a pipe's reader to another's writer.</summary>
internal sealed class PipeFlow(bool response)
{
    private readonly byte[] _contiguous = new byte[HeadCodec.BufferBytes];
    private readonly byte[] _output = new byte[2 * HeadCodec.BufferBytes];
    private readonly HeadCodec _codec = new();
    private int _outputLength;
    private BodyMeter _body;
    private Message _message;

    public bool KeepAlive => _message.KeepAlive;

    public bool Ended => _body.Ended;

    /// <summary>True when the head is whole; <see cref="WriteHead"/> then sends it with the body at hand.</summary>
    public bool TryHead(PipeReader reader, in ReadResult read)
    {
        var buffer = read.Buffer;
        if (buffer.IsEmpty && read.IsCompleted)
            throw new InvalidDataException("The connection ended before its message.");
        var (source, start, length) = Contiguous(buffer);
        var status = response
            ? _codec.TryResponse(source, start, length, _output, out _message)
            : _codec.TryRequest(source, start, length, _output, out _message);
        if (status == ParseStatus.Malformed || (status == ParseStatus.Incomplete && length == _contiguous.Length))
            throw new InvalidDataException("No HTTP head.");
        if (status == ParseStatus.Incomplete)
        {
            reader.AdvanceTo(buffer.Start, buffer.End);
            return false;
        }
        _body.Begin(_message);
        var body = source.AsSpan(start + _message.HeadBytes, length - _message.HeadBytes);
        var taken = _body.Ended ? 0 : Math.Max(0, _body.Take(body));
        body[..taken].CopyTo(_output.AsSpan(_message.WrittenBytes));
        _outputLength = _message.WrittenBytes + taken;
        reader.AdvanceTo(buffer.GetPosition(_message.HeadBytes + taken));
        return true;
    }

    public void WriteHead(PipeWriter writer) => writer.Write(_output.AsSpan(0, _outputLength));

    /// <summary>Passes on what came of the body.</summary>
    public void Relay(PipeReader reader, in ReadResult read, PipeWriter writer)
    {
        if (read.Buffer.IsEmpty && read.IsCompleted)
            throw new InvalidDataException("The connection ended before its message.");
        var total = 0;
        foreach (var segment in read.Buffer)
        {
            if (_body.Ended) break;
            segment.Span.CopyTo(_contiguous);
            var taken = _body.Take(_contiguous.AsSpan(0, segment.Length));
            if (taken < 0) throw new InvalidDataException("Broken framing.");
            writer.Write(_contiguous.AsSpan(0, taken));
            total += taken;
        }
        reader.AdvanceTo(read.Buffer.GetPosition(total));
    }

    private (byte[] Source, int Start, int Length) Contiguous(in ReadOnlySequence<byte> buffer)
    {
        // Kestrel's blocks are arrays; only a head that crosses two of them is copied.
        if (buffer.IsSingleSegment && MemoryMarshal.TryGetArray(buffer.First, out var segment))
            return (segment.Array!, segment.Offset, segment.Count);
        var length = (int)Math.Min(buffer.Length, _contiguous.Length);
        buffer.Slice(0, length).CopyTo(_contiguous);
        return (_contiguous, 0, length);
    }
}
