namespace Sidecar.Http;

/// <summary>
/// Follows a body in chunked coding (RFC 9112 section 7.1), byte for byte where it is framing and by the run
/// where it is payload. Resumable after any byte. A mutable struct of one connection: keep it in a field and
/// never copy it. Each body starts with <c>default</c>.
/// <para>Sizes are hexadecimal digits only, at most 15. Chunk extensions are dropped, as they may be (section
/// 7.1.1), and bounded. Trailer fields are held to the grammar of fields, and bounded. Bare line feeds and carriage
/// returns are refused everywhere. What was malformed stays so.</para>
/// </summary>
public struct ChunkScanner
{
    public const int SizeDigitsMax = 15;

    /// <summary>Longest extensions of one chunk, in bytes from the size to the line's end.</summary>
    public const int ExtensionBytesMax = 256;

    /// <summary>Longest trailer section, in bytes with its line ends.</summary>
    public const int TrailerBytesMax = 8 * 1024;

    private long _chunkBytes;
    private int _count;
    private State _state;

    private enum State : byte
    {
        SizeStart,
        Size,
        SizeBlank,
        Extension,
        SizeLineFeed,
        Data,
        DataCarriageReturn,
        DataLineFeed,
        TrailerStart,
        TrailerName,
        TrailerValue,
        TrailerLineFeed,
        EndLineFeed,
        End,
        Malformed,
    }

    /// <summary>Bytes of payload so far, without framing: what a limit on bodies counts.</summary>
    public long PayloadBytes { get; private set; }

    /// <summary>With what the present chunk's size has announced: a limit can refuse it before it comes.</summary>
    public readonly long AnnouncedBytes => PayloadBytes + _chunkBytes;

    public readonly bool HasEnded => _state == State.End;

    /// <summary>
    /// Takes the next bytes. What is to be forwarded is moved to their beginning; where nothing is dropped,
    /// nothing moves.
    /// </summary>
    /// <param name="data">The bytes, of which those after the body's end are left as they are.</param>
    /// <param name="form">What of it is forwarded; the same for the whole body.</param>
    public ScanResult Scan(Span<byte> data, ChunkedForm form)
    {
        var read = 0;
        var written = 0;
        while (read < data.Length && _state < State.End)
        {
            if (_state == State.Data)
            {
                var run = (int)Math.Min(_chunkBytes, data.Length - read);
                if (written != read)
                    data.Slice(read, run).CopyTo(data[written..]);
                read += run;
                written += run;
                PayloadBytes += run;
                _chunkBytes -= run;
                if (_chunkBytes == 0)
                    _state = State.DataCarriageReturn;
                continue;
            }

            var octet = data[read];
            var isTrailer = _state is >= State.TrailerStart and <= State.TrailerLineFeed;
            var isKept = Step(octet);
            if (_state == State.Malformed)
                break;
            if (_state == State.EndLineFeed)
                isTrailer = false;
            if (isKept && form >= (isTrailer ? ChunkedForm.ChunksAndTrailers : ChunkedForm.Chunks))
                data[written++] = octet;
            read++;
        }

        return new ScanResult(Status, read, written);
    }

    private readonly ScanStatus Status => _state switch
    {
        State.End => ScanStatus.End,
        State.Malformed => ScanStatus.Malformed,
        _ => ScanStatus.NeedMore,
    };

    /// <summary>Takes one byte of framing; whether it is forwarded.</summary>
    private bool Step(byte octet)
    {
        switch (_state)
        {
            case State.SizeStart:
            case State.Size:
            case State.SizeBlank:
            case State.Extension:
                return StepSizeLine(octet);
            case State.SizeLineFeed:
                _count = 0;
                return Expect(octet, '\n', _chunkBytes == 0 ? State.TrailerStart : State.Data);
            case State.DataCarriageReturn:
                return Expect(octet, '\r', State.DataLineFeed);
            case State.DataLineFeed:
                return Expect(octet, '\n', State.SizeStart);
            case State.TrailerLineFeed:
                return Expect(octet, '\n', State.TrailerStart) & CountTrailer();
            case State.EndLineFeed:
                return Expect(octet, '\n', State.End);
            default:
                return StepTrailer(octet) & CountTrailer();
        }
    }

    private bool StepSizeLine(byte octet)
    {
        if (octet == '\r' && _state is State.Size or State.Extension)
            return Become(State.SizeLineFeed);
        if (_state <= State.Size && HexDigits.ValueOf(octet) is >= 0 and var digit)
        {
            if (_state == State.SizeStart)
                _count = 0;
            _chunkBytes = (_chunkBytes << 4) | (uint)digit;
            return Become(++_count > SizeDigitsMax ? State.Malformed : State.Size);
        }

        if (_state == State.Size)
            _count = 0;
        else if (_state == State.SizeStart)
            return Become(State.Malformed);
        if (++_count > ExtensionBytesMax)
            Become(State.Malformed);
        else if (_state == State.Extension)
            Become(IsText(octet) ? State.Extension : State.Malformed);
        else if (octet == ';')
            Become(State.Extension);
        else
            // White space may come before an extension (RFC 9112 section 7.1.1), but not instead of one: there
            // readers differ in what they take for the size.
            Become(Octets.IsBlank(octet) ? State.SizeBlank : State.Malformed);
        return false;
    }

    private bool StepTrailer(byte octet)
    {
        switch (_state)
        {
            case State.TrailerStart when octet == '\r':
                return Become(State.EndLineFeed);
            case State.TrailerName when octet == ':':
                return Become(State.TrailerValue);
            case State.TrailerStart:
            case State.TrailerName:
                return Become(Octets.Token.Contains(octet) ? State.TrailerName : State.Malformed);
            default:
                if (octet == '\r')
                    return Become(State.TrailerLineFeed);
                return Become(IsText(octet) ? State.TrailerValue : State.Malformed);
        }
    }

    private bool CountTrailer()
    {
        if (++_count > TrailerBytesMax)
            _state = State.Malformed;
        return true;
    }

    private bool Expect(byte octet, char expected, State next) =>
        Become(octet == expected ? next : State.Malformed);

    private bool Become(State state)
    {
        _state = state;
        return true;
    }

    private static bool IsText(byte octet) => octet is >= 0x20 and not 0x7F or (byte)'\t';
}
