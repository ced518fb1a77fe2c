namespace Sidecar.Http;

/// <summary>The one table of the answers to refused requests. A response with a fault is answered with 502 by the
/// caller, whatever the status given here.</summary>
internal static class HttpFaults
{
    /// <summary>The <c>type</c> of the error object for every fault of a request.</summary>
    public static ReadOnlySpan<byte> ErrorType => "invalid_request_error"u8;

    public static int StatusOf(HttpFault fault) => fault switch
    {
        HttpFault.HeadTooLarge or HttpFault.TooManyFields => 431,
        HttpFault.UnsupportedVersion => 505,
        HttpFault.UnsupportedMethod or HttpFault.UnknownTransferCoding => 501,
        HttpFault.UnknownExpectation => 417,
        HttpFault.Loop => 508,
        _ => 400,
    };

    /// <summary>The <c>x-sidecar-reason</c>, which is the <c>code</c> of the error object too.</summary>
    public static ReadOnlySpan<byte> ReasonOf(HttpFault fault) => StatusOf(fault) switch
    {
        431 => "head-too-large"u8,
        505 => "unsupported-version"u8,
        501 when fault == HttpFault.UnsupportedMethod => "unsupported-method"u8,
        501 => "unknown-transfer-coding"u8,
        417 => "unknown-expectation"u8,
        508 => "loop"u8,
        _ => "malformed"u8,
    };

    /// <summary>One sentence for people, in ASCII; it repeats nothing that the client sent.</summary>
    public static ReadOnlySpan<byte> MessageOf(HttpFault fault) => fault switch
    {
        HttpFault.None => "There is no fault."u8,
        HttpFault.HeadTooLarge => "The head is larger than the limit."u8,
        HttpFault.TooManyFields => "The head has too many fields."u8,
        HttpFault.EmptyLinesBeforeHead => "Too many empty lines come before the request line."u8,
        HttpFault.BareLineFeed => "A line feed stands in the head without a carriage return."u8,
        HttpFault.BareCarriageReturn => "A carriage return stands in the head without a line feed."u8,
        HttpFault.ControlOctet => "A control octet stands in the head."u8,
        HttpFault.BadRequestLine => "The request line is malformed."u8,
        HttpFault.BadTarget => "The request target does not fit the method, or holds an illegal octet."u8,
        HttpFault.UnsupportedVersion => "Only HTTP/1.1 and HTTP/1.0 are served here."u8,
        HttpFault.UnsupportedMethod => "CONNECT is not served here."u8,
        HttpFault.BadStatusLine => "The status line is malformed."u8,
        HttpFault.BadFieldLine => "A field line has no colon."u8,
        HttpFault.BadFieldName => "A field name is empty or holds an illegal octet."u8,
        HttpFault.SpaceBeforeColon => "White space stands between a field name and its colon."u8,
        HttpFault.FoldedLine => "A field line begins with white space."u8,
        HttpFault.HostMissing => "The Host field is missing."u8,
        HttpFault.HostRepeated => "The Host field is given more than once."u8,
        HttpFault.HostEmpty => "The Host field names no host."u8,
        HttpFault.BadHost => "The Host field is malformed."u8,
        HttpFault.BadContentLength => "Content-Length is not a number of bytes."u8,
        HttpFault.ContentLengthRepeated => "Content-Length is given more than once."u8,
        HttpFault.LengthWithTransferCoding => "Content-Length and Transfer-Encoding are given together."u8,
        HttpFault.TransferCodingRepeated => "Transfer-Encoding is given more than once."u8,
        HttpFault.TransferCodingInHttp10 => "HTTP/1.0 has no Transfer-Encoding."u8,
        HttpFault.BadTransferCoding => "The transfer codings do not end with one chunked."u8,
        HttpFault.UnknownTransferCoding => "Only the transfer coding chunked is known here."u8,
        HttpFault.BadConnectionOption => "The Connection field is malformed."u8,
        HttpFault.TooManyConnectionOptions => "The Connection field names too many fields."u8,
        HttpFault.UnknownExpectation => "Only the expectation 100-continue is known here."u8,
        HttpFault.BadChunk => "The chunked body is malformed."u8,
        HttpFault.Loop => "The request came back to this sidecar: its model server leads to itself."u8,
        _ => "The message is malformed."u8,
    };
}
