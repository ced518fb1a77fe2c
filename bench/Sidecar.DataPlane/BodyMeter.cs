using Sidecar.Http.Bodies;

namespace Sidecar.DataPlane;

/// <summary>Finds the end of a body in the bytes that pass.</summary>
internal struct BodyMeter
{
    private BodyReader<NoLooker> _body;

    public bool Ended { get; private set; }

    public void Begin(in Message message)
    {
        _body = new(message.Framing, message.ContentLength, ChunkedForm.ChunksAndTrailers);
        // A body of no bytes ends before any come.
        Take([]);
    }

    /// <summary>How many of these bytes belong to the body; -1 when they break its framing.</summary>
    public int Take(Span<byte> data)
    {
        // The measured upstreams send no chunk extensions, so what is consumed is what is written.
        var read = _body.Read(data);
        Ended = read.Status == ScanStatus.End;
        return read.Status == ScanStatus.Malformed ? -1 : read.Consumed;
    }
}
