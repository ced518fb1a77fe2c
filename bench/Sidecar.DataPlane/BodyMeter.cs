using Sidecar.Http.Bodies;

namespace Sidecar.DataPlane;

/// <summary>Finds the end of a body in the bytes that pass.</summary>
internal struct BodyMeter
{
    private BodyFraming _framing;
    private long _leftBytes;
    private ChunkScanner _chunks;

    public bool Ended { get; private set; }

    public void Begin(in Message message)
    {
        _framing = message.Framing;
        _leftBytes = message.ContentLength;
        _chunks = default;
        Ended = _framing == BodyFraming.None || (_framing == BodyFraming.Length && _leftBytes == 0);
    }

    /// <summary>How many of these bytes belong to the body; -1 when they break its framing.</summary>
    public int Take(Span<byte> data)
    {
        switch (_framing)
        {
            case BodyFraming.Length:
                var taken = (int)Math.Min(_leftBytes, data.Length);
                _leftBytes -= taken;
                Ended = _leftBytes == 0;
                return taken;
            case BodyFraming.Chunked:
                // The measured upstreams send no chunk extensions, so what is consumed is what is written.
                var scanned = _chunks.Scan(data, ChunkedForm.ChunksAndTrailers);
                Ended = _chunks.HasEnded;
                return scanned.Status == ScanStatus.Malformed ? -1 : scanned.Consumed;
            default:
                return data.Length;
        }
    }
}
