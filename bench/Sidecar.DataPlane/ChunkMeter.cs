namespace Sidecar.DataPlane;

/// <summary>Walks over chunked framing (RFC 9112, section 7.1), resumable at any byte. No extensions, no trailers.</summary>
internal struct ChunkMeter
{
    private long _sizeBytes;
    private Place _place;

    private enum Place : byte
    {
        Size,
        SizeEnd,
        Data,
        DataReturn,
        DataEnd,
        LastReturn,
        LastEnd,
        Ended,
    }

    public readonly bool Ended => _place == Place.Ended;

    /// <summary>How many of these bytes belong to the body; -1 when they are no chunked framing.</summary>
    public int Scan(ReadOnlySpan<byte> data)
    {
        var at = 0;
        while (at < data.Length && _place != Place.Ended)
        {
            if (_place == Place.Data)
            {
                var taken = (int)Math.Min(_sizeBytes, data.Length - at);
                at += taken;
                _sizeBytes -= taken;
                if (_sizeBytes == 0)
                    _place = Place.DataReturn;
            }
            else if (!TryStep(data[at++]))
            {
                return -1;
            }
        }

        return at;
    }

    private bool TryStep(byte octet)
    {
        switch (_place)
        {
            case Place.Size when octet == '\r':
                _place = Place.SizeEnd;
                return true;
            case Place.Size:
                var digit = HexDigit(octet);
                _sizeBytes = _sizeBytes * 16 + digit;
                return digit >= 0 && _sizeBytes < int.MaxValue;
            case Place.SizeEnd:
                _place = _sizeBytes == 0 ? Place.LastReturn : Place.Data;
                return octet == '\n';
            case Place.DataReturn:
                _place = Place.DataEnd;
                return octet == '\r';
            case Place.DataEnd:
                _place = Place.Size;
                return octet == '\n';
            case Place.LastReturn:
                _place = Place.LastEnd;
                return octet == '\r';
            default:
                _place = Place.Ended;
                return octet == '\n';
        }
    }

    private static int HexDigit(byte octet) => (char)octet switch
    {
        >= '0' and <= '9' => octet - '0',
        >= 'a' and <= 'f' => octet - 'a' + 10,
        >= 'A' and <= 'F' => octet - 'A' + 10,
        _ => -1,
    };
}
