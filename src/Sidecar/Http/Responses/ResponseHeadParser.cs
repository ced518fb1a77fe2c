using Sidecar.Http.Fields;
using Sidecar.Http.Requests;

namespace Sidecar.Http.Responses;

/// <summary>
/// Reads response heads by RFC 9112, as strictly as requests: a model server that can be made to answer ambiguously
/// must not answer another client. Keeps no state; any thread; allocates nothing after warm-up, for malformed heads
/// too.
/// </summary>
internal sealed class ResponseHeadParser
{
    // "HTTP/1.1 200" and the space before the reason.
    private const int StatusStart = 9;
    private const int StatusEnd = 12;

    private readonly int _headLimitBytes;

    /// <param name="headLimitBytes">Longest head with its empty line, in bytes.</param>
    public ResponseHeadParser(int headLimitBytes = 64 * 1024)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(headLimitBytes, 1);
        _headLimitBytes = headLimitBytes;
    }

    /// <summary>Reads the head that begins at <paramref name="start"/>, if all of it is there.</summary>
    /// <param name="buffer">Where the received bytes lie.</param>
    /// <param name="start">The first byte of the head.</param>
    /// <param name="length">All bytes at hand from there on.</param>
    /// <param name="scannedBytes">0 for a new head; kept by the caller between calls for the same one. 0 again when
    /// this returns anything but incomplete.</param>
    /// <param name="requestMethod">The method of the request answered: a response to HEAD has no body.</param>
    /// <param name="head">Filled when the result is complete; otherwise its content means nothing.</param>
    /// <param name="fault">Why it is malformed.</param>
    public ParseStatus Parse(
        byte[] buffer, int start, int length, ref int scannedBytes, KnownMethod requestMethod, ResponseHead head,
        out HttpFault fault)
    {
        var data = new ReadOnlySpan<byte>(buffer, start, length);
        var status = HeadScanner.Scan(data, 0, _headLimitBytes, ref scannedBytes, out var headLength, out fault);
        if (status == ParseStatus.Incomplete) return status;
        scannedBytes = 0;
        if (status == ParseStatus.Malformed) return status;

        head.Clear();
        head.Fields.HoldFor(head);
        head.HeadLength = headLength;
        var source = data[..headLength];
        fault = ReadStatusLine(source, head, out var fieldsStart);
        if (fault == HttpFault.None) fault = ReadFields(source, fieldsStart, head);
        if (fault == HttpFault.None) fault = ResponseFraming.Apply(head, requestMethod);
        if (fault != HttpFault.None) return ParseStatus.Malformed;
        if ((head.Options & ConnectionOptions.Named) != 0) ConnectionOptionReader.MarkNamed(source, head.Fields);
        return ParseStatus.Complete;
    }

    private static HttpFault ReadStatusLine(ReadOnlySpan<byte> source, ResponseHead head, out int fieldsStart)
    {
        var end = source.IndexOf((byte)'\r');
        fieldsStart = end + 2;
        // The space after the status is asked for even without a reason, but is often left out there.
        if (end < StatusEnd || (end > StatusEnd && source[StatusEnd] != ' ')
            || !source.StartsWith("HTTP/1."u8) || source[StatusStart - 1] != ' ')
            return HttpFault.BadStatusLine;
        var minor = source[StatusStart - 2];
        if (minor is not ((byte)'0' or (byte)'1')) return HttpFault.UnsupportedVersion;
        if (!FieldValues.TryReadLength(source[StatusStart..StatusEnd], out var status) || status is < 100 or > 599)
            return HttpFault.BadStatusLine;
        head.IsHttp11 = minor == '1';
        head.Status = (int)status;
        var reasonStart = Math.Min(StatusEnd + 1, end);
        head.Reason = new ByteRange(reasonStart, end - reasonStart);
        return HttpFault.None;
    }

    private static HttpFault ReadFields(ReadOnlySpan<byte> source, int position, ResponseHead head)
    {
        while (true)
        {
            var line = source[position..];
            // HeadScanner has seen to it that every carriage return ends a line.
            var end = line.IndexOf((byte)'\r');
            if (end == 0) return HttpFault.None;
            line = line[..end];
            var colon = line.IndexOf((byte)':');
            if (colon <= 0) return HeadDiagnosis.FieldFault(line);
            var kind = FieldKinds.Classify(line[..colon]);
            if (kind == FieldKind.Other && !Octets.IsToken(line[..colon])) return HeadDiagnosis.FieldFault(line);
            if (colon > ushort.MaxValue) return HttpFault.HeadTooLarge;
            var value = HeadText.Trim(line[(colon + 1)..], out var blanks);
            var valueStart = position + colon + 1 + blanks;
            var field = new FieldLine(new(position, colon), new(valueStart, value.Length), kind);
            var fault = kind == FieldKind.Other ? HttpFault.None : OnKnown(head, kind, value);
            if (kind is FieldKind.ContentLength or FieldKind.TransferEncoding)
                head.FramingIsPlain = FieldValues.IsPlainFraming(source, field);
            if (fault == HttpFault.None && !head.Fields.TryAdd(field)) fault = HttpFault.TooManyFields;
            if (fault != HttpFault.None) return fault;
            position += end + 2;
        }
    }

    private static HttpFault OnKnown(ResponseHead head, FieldKind kind, ReadOnlySpan<byte> value)
    {
        switch (kind)
        {
            case FieldKind.ContentLength:
                if (head.Fields.Has(kind)) return HttpFault.ContentLengthRepeated;
                var isLength = FieldValues.TryReadLength(value, out var length);
                head.ContentLength = length;
                return isLength ? HttpFault.None : HttpFault.BadContentLength;
            case FieldKind.TransferEncoding:
                if (head.Fields.Has(kind)) return HttpFault.TransferCodingRepeated;
                return head.IsHttp11 ? FieldValues.TransferCodingFault(value) : HttpFault.TransferCodingInHttp10;
            case FieldKind.Connection:
                return ConnectionOptionReader.Read(value, ref head.Options, ref head.OptionCount);
            case FieldKind.KeepAlive:
                head.KeepAliveTimeoutSeconds = FieldValues.ReadParameter(value, "timeout"u8);
                head.KeepAliveMax = FieldValues.ReadParameter(value, "max"u8);
                return HttpFault.None;
            default:
                return HttpFault.None;
        }
    }
}
