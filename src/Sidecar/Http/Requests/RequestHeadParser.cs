using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http;
using Sidecar.Http.Fields;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Sidecar.Http.Requests;

/// <summary>
/// Reads request heads by RFC 9112, strictly wherever two readers could disagree. Kestrel's public parser
/// splits the lines; the rules that it leaves open (bare line ends, control octets, names, framing, Host, the
/// target's form) are applied here.
/// <para>One per thread: it keeps the state of the parse that runs. Allocates nothing for a valid head after
/// warm-up; a refused one may cost an exception inside.</para>
/// </summary>
internal sealed class RequestHeadParser
{
    /// <summary>RFC 9112 section 2.2 asks for at least one empty line to be passed over before a request.</summary>
    private const int LeadBytesMax = 4;

    // Kestrel's switch for strict line ends is process-wide and not needed: HeadScanner has refused them before.
    private static readonly HttpParser<RequestHeadSink> Splitter = new(showErrorDetails: false);

    private readonly RequestHeadFiller _filler;
    private readonly PathTable _paths;
    private readonly int _headLimitBytes;

    /// <exception cref="ArgumentException">The name of the context field is not usable, or a bound is not.</exception>
    public RequestHeadParser(RequestHeadOptions options)
    {
        if (!RequestHeadOptions.IsContextFieldName(options.ContextFieldName))
            throw new ArgumentException($"'{options.ContextFieldName}' cannot name the context field", nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.HeadLimitBytes, 1);
        _filler = new RequestHeadFiller(Encoding.ASCII.GetBytes(options.ContextFieldName), options.Pseudonym);
        _paths = new PathTable(options.MarkedPaths);
        _headLimitBytes = options.HeadLimitBytes;
    }

    /// <summary>Reads the head that begins at <paramref name="start"/>, if all of it is there.</summary>
    /// <param name="buffer">Where the received bytes lie.</param>
    /// <param name="start">The first byte of the head.</param>
    /// <param name="length">All bytes at hand from there on, with those of the body and of later requests.</param>
    /// <param name="scannedBytes">0 for a new head; kept by the caller between calls for the same one, so that a head
    /// that comes slowly is not searched again. 0 again when this returns anything but incomplete.</param>
    /// <param name="head">Filled when the result is complete. Of a malformed one only the method is told, and that only
    /// if the request line was read; else its content means nothing.</param>
    /// <param name="fault">Why it is malformed; <see cref="HttpFaults"/> knows the answer to give.</param>
    public ParseStatus Parse(
        byte[] buffer, int start, int length, ref int scannedBytes, RequestHead head, out HttpFault fault)
    {
        var data = new ReadOnlySpan<byte>(buffer, start, length);
        var leadLength = LeadLength(data);
        var status = HeadScanner.Scan(
            data, leadLength, _headLimitBytes, ref scannedBytes, out var headLength, out fault);
        if (status == ParseStatus.Incomplete) return status;
        scannedBytes = 0;
        if (status == ParseStatus.Complete && headLength - leadLength == 2)
            (status, fault) = (ParseStatus.Malformed, HttpFault.EmptyLinesBeforeHead);
        if (status == ParseStatus.Malformed)
        {
            head.Clear();
            return status;
        }
        _filler.Begin(buffer, start, head, headLength, leadLength);
        fault = Split(buffer, start + leadLength, headLength - leadLength, head);
        if (fault == HttpFault.None) fault = RequestHeadRules.Finish(data[..headLength], head, _paths);
        return fault == HttpFault.None ? ParseStatus.Complete : ParseStatus.Malformed;
    }

    private HttpFault Split(byte[] buffer, int start, int length, RequestHead head)
    {
        var reader = new SequenceReader<byte>(new ReadOnlySequence<byte>(buffer, start, length));
        var sink = new RequestHeadSink(_filler);
        try
        {
            if (!Splitter.ParseRequestLine(sink, ref reader)) return HttpFault.BadRequestLine;
            var fault = RequestHeadRules.CheckRequestLine(
                new ReadOnlySpan<byte>(buffer, start - head.LeadLength, head.HeadLength), head);
            if (fault != HttpFault.None) return fault;
            return Splitter.ParseHeaders(sink, ref reader) ? head.Fault : HttpFault.BadFieldLine;
        }
        catch (BadHttpRequestException)
        {
            return HeadDiagnosis.Find(new ReadOnlySpan<byte>(buffer, start, length));
        }
    }

    private static int LeadLength(ReadOnlySpan<byte> data)
    {
        var lead = 0;
        while (lead < LeadBytesMax && data[lead..].StartsWith("\r\n"u8))
            lead += 2;
        return lead;
    }
}
