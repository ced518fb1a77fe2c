namespace Sidecar.Http;

/// <summary>Why a head or a body was refused; <see cref="HttpFaults"/> gives each its status and its text.</summary>
public enum HttpFault : byte
{
    None,
    HeadTooLarge,
    TooManyFields,
    EmptyLinesBeforeHead,
    BareLineFeed,
    BareCarriageReturn,
    ControlOctet,
    BadRequestLine,
    BadTarget,
    UnsupportedVersion,
    UnsupportedMethod,
    BadStatusLine,
    BadFieldLine,
    BadFieldName,
    SpaceBeforeColon,
    FoldedLine,
    HostMissing,
    HostRepeated,
    HostEmpty,
    BadHost,
    BadContentLength,
    ContentLengthRepeated,
    LengthWithTransferCoding,
    TransferCodingRepeated,
    TransferCodingInHttp10,
    BadTransferCoding,
    UnknownTransferCoding,
    BadConnectionOption,
    TooManyConnectionOptions,
    UnknownExpectation,
    BadChunk,

    /// <summary>The request has passed this process before (RFC 9110 section 7.6.3).</summary>
    Loop,
}
