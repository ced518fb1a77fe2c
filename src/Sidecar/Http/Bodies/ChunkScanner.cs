namespace Sidecar.Http.Bodies;

/// <summary>
/// Follows a body in chunked coding (RFC 9112 section 7.1), byte for byte where it is framing and by the run
/// where it is payload. Resumable after any byte. A mutable struct of one connection: keep it in a field and
/// never copy it. Each body starts with <c>default</c>.
/// <para>Sizes are hexadecimal digits only, at most 15. Chunk extensions are held to their grammar, bounded, and
/// dropped, as they may be (section 7.1.1). Trailer fields are held to the grammar of fields, and bounded. Bare line
/// feeds and carriage returns are refused everywhere. What was malformed stays so.</para>
/// </summary>
internal struct ChunkScanner
{
    public const int SizeDigitsMax = 15;

    /// <summary>Longest extensions of one chunk, in bytes from the size to the line's end.</summary>
    public const int ExtensionBytesMax = 256;

    /// <summary>Longest trailer section, in bytes with its line ends.</summary>
    public const int TrailerBytesMax = 8 * 1024;

    private long _chunkBytes;
    private int _count;
    private State _state;
    private ChunkExtensionState _extension;

    private enum State : byte
    {
        SizeStart,
        Size,
        SizeCarriageReturn,
        SizeLineFeed,
        Extension,
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

    /// <summary>The payload so far and what the present chunk announces: a limit can refuse it beforehand.</summary>
    public readonly long AnnouncedBytes => PayloadBytes + _chunkBytes;

    /// <summary>Takes the next bytes; moves those to be forwarded to the beginning, where others are dropped.</summary>
    /// <param name="data">The bytes, of which those after the body's end are left as they are.</param>
    /// <param name="form">Which of them are forwarded; the same for the whole body.</param>
    /// <param name="looker">Is shown the payload.</param>
    internal ScanResult Scan<TLooker>(Span<byte> data, ChunkedForm form, ref TLooker looker)
        where TLooker : struct, IPayloadLooker
    {
        var read = 0;
        var written = 0;
        while (read < data.Length && _state < State.End)
        {
            if (_state == State.Data)
            {
                var run = (int)Math.Min(_chunkBytes, data.Length - read);
                looker.Look(data.Slice(read, run));
                if (written != read) data.Slice(read, run).CopyTo(data[written..]);
                read += run;
                written += run;
                PayloadBytes += run;
                _chunkBytes -= run;
                if (_chunkBytes == 0) _state = State.DataCarriageReturn;
                continue;
            }
            if (_state == State.Extension)
            {
                read += ScanExtensions(data[read..]);
                continue;
            }
            var octet = data[read];
            var isTrailer = _state is >= State.TrailerStart and <= State.TrailerLineFeed;
            var isKept = Step(octet);
            if (_state == State.Malformed) break;
            if (_state == State.EndLineFeed) isTrailer = false;
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

    /// <summary>Takes one byte of framing; true when it is forwarded.</summary>
    private bool Step(byte octet)
    {
        switch (_state)
        {
            case State.SizeStart:
            case State.Size:
                return StepSize(octet);
            case State.SizeCarriageReturn:
                return Expect(octet, '\r', State.SizeLineFeed);
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

    private bool StepSize(byte octet)
    {
        if (_state == State.SizeStart) _count = 0;
        if (HexDigits.ValueOf(octet) is >= 0 and var digit)
        {
            _chunkBytes = (_chunkBytes << 4) | (uint)digit;
            return Become(++_count > SizeDigitsMax ? State.Malformed : State.Size);
        }
        if (_state == State.SizeStart) return Become(State.Malformed);
        if (octet == '\r') return Become(State.SizeLineFeed);
        (_count, _extension) = (0, ChunkExtensionState.Begin);
        Become(ScanExtensions([octet]) == 1 ? State.Extension : State.Malformed);
        return false;
    }

    /// <summary>Skips extensions up to the octet that ends the line; returns the bytes skipped.</summary>
    private int ScanExtensions(ReadOnlySpan<byte> data)
    {
        var room = Math.Min(data.Length, ExtensionBytesMax - _count);
        var taken = ChunkExtensions.Scan(data[..room], ref _extension);
        _count += taken;
        if (taken == data.Length) return taken;
        // White space alone is none: there readers differ in what they take for the size.
        var isOver = data[taken] == '\r' && ChunkExtensions.MayEnd(_extension);
        _state = isOver ? State.SizeCarriageReturn : State.Malformed;
        return taken;
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
                if (octet == '\r') return Become(State.TrailerLineFeed);
                return Become(IsText(octet) ? State.TrailerValue : State.Malformed);
        }
    }

    private bool CountTrailer()
    {
        if (++_count > TrailerBytesMax) _state = State.Malformed;
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
