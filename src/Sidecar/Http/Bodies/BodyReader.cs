namespace Sidecar.Http.Bodies;

/// <summary>
/// Follows the body of one message by whichever framing it has (RFC 9112 section 6.3), and shows its payload to a
/// looker. A mutable struct of one connection: keep it in a field and never copy it.
/// </summary>
/// <typeparam name="TLooker">Who looks at the payload.</typeparam>
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

    /// <summary>Of the payload, without framing, as far as it was read.</summary>
    public readonly long PayloadBytes => framing == BodyFraming.Chunked ? _chunks.PayloadBytes : _payloadBytes;

    /// <summary>The length that is known by now, which may not have come yet: what a limit refuses.</summary>
    public readonly long AnnouncedBytes =>
        framing == BodyFraming.Chunked ? _chunks.AnnouncedBytes : _payloadBytes + _remainingBytes;

    /// <summary>Who was given to the constructor, with what it has seen.</summary>
    public readonly TLooker Looker => _looker;

    /// <summary>
    /// Takes the next bytes. What is to be passed on is moved to their beginning; where nothing is dropped, nothing
    /// moves, and chunk extensions alone are.
    /// </summary>
    /// <param name="data">What follows what was consumed before; may be empty.</param>
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
