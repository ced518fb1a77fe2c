namespace Sidecar.Http.Bodies;

/// <summary>Follows the body of one message by whichever framing it has (RFC 9112 section 6.3), and shows its payload
/// to a looker. A mutable struct of one connection: keep it in a field and never copy it.</summary>
/// <typeparam name="TLooker">The type of the looker.</typeparam>
/// <param name="framing">The message's framing.</param>
/// <param name="lengthBytes">The body's length where the framing is <see cref="BodyFraming.Length"/>.</param>
/// <param name="form">The form in which a chunked body is passed on.</param>
/// <param name="looker">Is shown this body.</param>
internal struct BodyReader<TLooker>(
    BodyFraming framing, long lengthBytes, ChunkedForm form, TLooker looker = default)
    where TLooker : struct, IPayloadLooker
{
    private ChunkScanner _chunks;
    private TLooker _looker = looker;
    private long _remainingBytes = lengthBytes;
    private long _payloadBytes;

    /// <summary>Bytes of the payload that were read, without framing.</summary>
    public readonly long PayloadBytes => framing == BodyFraming.Chunked ? _chunks.PayloadBytes : _payloadBytes;

    /// <summary>The payload's length as far as it is known, even if not all has come: what a limit refuses.</summary>
    public readonly long AnnouncedBytes =>
        framing == BodyFraming.Chunked ? _chunks.AnnouncedBytes : _payloadBytes + _remainingBytes;

    /// <summary>The looker given to the constructor, with what it has seen.</summary>
    public readonly TLooker Looker => _looker;

    /// <summary>Takes the next bytes. Those to be passed on are moved to their beginning; none moves unless something
    /// is dropped: extensions always, trailers and chunk framing where the form says so.</summary>
    /// <param name="data">The bytes behind those that were consumed before; may be empty.</param>
    public ScanResult Read(Span<byte> data)
    {
        switch (framing)
        {
            case BodyFraming.Chunked:
                return _chunks.Scan(data, form, ref _looker);
            case BodyFraming.Length:
                var taken = (int)Math.Min(_remainingBytes, data.Length);
                _remainingBytes -= taken;
                Take(data[..taken]);
                return new ScanResult(_remainingBytes == 0 ? ScanStatus.End : ScanStatus.NeedMore, taken, taken);
            case BodyFraming.UntilClose:
                Take(data);
                return new ScanResult(ScanStatus.NeedMore, data.Length, data.Length);
            default:
                return new ScanResult(ScanStatus.End, 0, 0);
        }
    }

    private void Take(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty) return;
        _payloadBytes += payload.Length;
        _looker.Look(payload);
    }
}
