using Sidecar.Http;

namespace Sidecar.Tests.Http;

/// <summary>Request heads, each valid or invalid for one reason; replayed whole and cut at every byte.</summary>
public static class HeadCorpus
{
    private const string Get = "GET / HTTP/1.1\r\n";
    private const string Host = "Host: a\r\n";

    public static TheoryData<string> Valid => new(
        Get + Host + "\r\n",
        "\r\n" + Get + Host + "\r\n",
        "\r\n\r\n" + Get + Host + "\r\n",
        Get + "Host:\r\n\r\n",
        Get + "HOST: [::1]:8000\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET /v1/models?a=b%20c HTTP/1.1\r\n" + Host + "\r\n",
        "OPTIONS * HTTP/1.1\r\n" + Host + "\r\n",
        "GET http://example:80/path?q HTTP/1.1\r\n" + Host + "\r\n",
        "GETX /x HTTP/1.1\r\n" + Host + "\r\n",
        "PURGE /x HTTP/1.1\r\n" + Host + "\r\n",
        "M-SEARCH /x HTTP/1.1\r\n" + Host + "\r\n",
        "POST / HTTP/1.1\r\n" + Host + "Content-Length: 0\r\n\r\n",
        "POST / HTTP/1.1\r\n" + Host + "content-length:999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\n" + Host + "Transfer-Encoding:\t Chunked \t\r\n\r\n",
        "POST / HTTP/1.1\r\n" + Host + "Expect: 100-Continue\r\nContent-Length: 2\r\n\r\n",
        Get + Host + "X: \x80\xff obs-text\tand tab\r\n\r\n",
        Get + Host + "Empty:\r\nBlank: \t \r\n\r\n",
        Get + Host + "Connection: ,, close , x-a,\r\nX-A: b\r\n\r\n",
        Get + Host + "!#$%&'*+-.^_`|~09azAZ: all of a token\r\n\r\n",
        Get + Host + "Colons: a:b: c\r\n\r\n");

    public static TheoryData<string, HttpFault> Invalid => new()
    {
        { "\r\n\r\n\r\n" + Get + Host + "\r\n", HttpFault.EmptyLinesBeforeHead },
        { "\n" + Get + Host + "\r\n", HttpFault.BareLineFeed },
        { "GET / HTTP/1.1\nHost: a\n\n", HttpFault.BareLineFeed },
        { Get + "Host: a\nX: b\r\n\r\n", HttpFault.BareLineFeed },
        { Get + Host + "\n", HttpFault.BareLineFeed },
        { Get + "Host: a\rX: b\r\n\r\n", HttpFault.BareCarriageReturn },
        { Get + "Host: a\r\r\n\r\n", HttpFault.BareCarriageReturn },
        { Get + Host + "X: a\0b\r\n\r\n", HttpFault.ControlOctet },
        { Get + Host + "X: a\x1b\r\n\r\n", HttpFault.ControlOctet },
        { Get + Host + "X: a\x7f\r\n\r\n", HttpFault.ControlOctet },
        { "\x16\x03\x01\x02", HttpFault.ControlOctet },
        { "GET  / HTTP/1.1\r\n" + Host + "\r\n", HttpFault.BadRequestLine },
        { "GET /  HTTP/1.1\r\n" + Host + "\r\n", HttpFault.BadRequestLine },
        { "GET / HTTP/1.1 \r\n" + Host + "\r\n", HttpFault.BadRequestLine },
        { " GET / HTTP/1.1\r\n" + Host + "\r\n", HttpFault.BadRequestLine },
        { "GET /a b HTTP/1.1\r\n" + Host + "\r\n", HttpFault.BadRequestLine },
        { "GET /\r\n" + Host + "\r\n", HttpFault.BadRequestLine },
        { "GET ?a HTTP/1.1\r\n" + Host + "\r\n", HttpFault.BadRequestLine },
        { "GET %2f HTTP/1.1\r\n" + Host + "\r\n", HttpFault.BadRequestLine },
        { "GET\r\n" + Host + "\r\n", HttpFault.BadRequestLine },
        { "G@T / HTTP/1.1\r\n" + Host + "\r\n", HttpFault.BadRequestLine },
        { "GET\t/ HTTP/1.1\r\n" + Host + "\r\n", HttpFault.BadRequestLine },
        { "GET / http/1.1\r\n" + Host + "\r\n", HttpFault.BadRequestLine },
        { "GET / HTTP/1.2\r\n" + Host + "\r\n", HttpFault.UnsupportedVersion },
        { "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", HttpFault.UnsupportedVersion },
        { "CONNECT a:80 HTTP/1.1\r\n" + Host + "\r\n", HttpFault.UnsupportedMethod },
        { "GET a:80 HTTP/1.1\r\n" + Host + "\r\n", HttpFault.BadTarget },
        { "GET * HTTP/1.1\r\n" + Host + "\r\n", HttpFault.BadTarget },
        { "OPTIONS *a HTTP/1.1\r\n" + Host + "\r\n", HttpFault.BadTarget },
        { "GET /a#b HTTP/1.1\r\n" + Host + "\r\n", HttpFault.BadTarget },
        { "GET /\xe9 HTTP/1.1\r\n" + Host + "\r\n", HttpFault.BadTarget },
        { "GET /\t HTTP/1.1\r\n" + Host + "\r\n", HttpFault.BadTarget },
        { "GET ftp://a/ HTTP/1.1\r\n" + Host + "\r\n", HttpFault.BadTarget },
        { "GET http:///a HTTP/1.1\r\n" + Host + "\r\n", HttpFault.BadTarget },
        { "GET http://u@a/ HTTP/1.1\r\n" + Host + "\r\n", HttpFault.BadTarget },
        { Get + Host + "No colon\r\n\r\n", HttpFault.BadFieldLine },
        { Get + Host + ": no name\r\n\r\n", HttpFault.BadFieldName },
        { Get + Host + "a@b: c\r\n\r\n", HttpFault.BadFieldName },
        { Get + Host + "a b: c\r\n\r\n", HttpFault.BadFieldName },
        { Get + Host + "\xe9: c\r\n\r\n", HttpFault.BadFieldName },
        { Get + Host + "X : c\r\n\r\n", HttpFault.SpaceBeforeColon },
        { Get + Host + "Content-Length\t: 5\r\n\r\n", HttpFault.SpaceBeforeColon },
        { Get + Host + "X: a\r\n b\r\n\r\n", HttpFault.FoldedLine },
        { Get + " Host: a\r\n\r\n", HttpFault.FoldedLine },
        { Get + "\r\n", HttpFault.HostMissing },
        { Get + Host + Host + "\r\n", HttpFault.HostRepeated },
        { "GET / HTTP/1.0\r\n" + Host + "host: b\r\n\r\n", HttpFault.HostRepeated },
        { Get + "Host: a,b\r\n\r\n", HttpFault.BadHost },
        { Get + "Host: a/b\r\n\r\n", HttpFault.BadHost },
        { Get + "Host: a b\r\n\r\n", HttpFault.BadHost },
        { Get + "Host: u@a\r\n\r\n", HttpFault.BadHost },
        { Get + Host + "Content-Length:\r\n\r\n", HttpFault.BadContentLength },
        { Get + Host + "Content-Length: +5\r\n\r\n", HttpFault.BadContentLength },
        { Get + Host + "Content-Length: -5\r\n\r\n", HttpFault.BadContentLength },
        { Get + Host + "Content-Length: 5, 5\r\n\r\n", HttpFault.BadContentLength },
        { Get + Host + "Content-Length: 5;5\r\n\r\n", HttpFault.BadContentLength },
        { Get + Host + "Content-Length: 0x5\r\n\r\n", HttpFault.BadContentLength },
        { Get + Host + "Content-Length: 5 5\r\n\r\n", HttpFault.BadContentLength },
        { Get + Host + "Content-Length: 1000000000000000000\r\n\r\n", HttpFault.BadContentLength },
        { Get + Host + "Content-Length: 5\r\nCONTENT-length: 5\r\n\r\n", HttpFault.ContentLengthRepeated },
        {
            Get + Host + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            HttpFault.LengthWithTransferCoding
        },
        {
            Get + Host + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
            HttpFault.LengthWithTransferCoding
        },
        {
            Get + Host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            HttpFault.TransferCodingRepeated
        },
        { Get + Host + "Transfer-Encoding: chunked, chunked\r\n\r\n", HttpFault.BadTransferCoding },
        { Get + Host + "Transfer-Encoding:\r\n\r\n", HttpFault.BadTransferCoding },
        { Get + Host + "Transfer-Encoding: chunked;a=b\r\n\r\n", HttpFault.BadTransferCoding },
        { Get + Host + "Transfer-Encoding: gzip\r\n\r\n", HttpFault.UnknownTransferCoding },
        { Get + Host + "Transfer-Encoding: gzip, chunked\r\n\r\n", HttpFault.UnknownTransferCoding },
        { Get + Host + "Transfer-Encoding: xchunked\r\n\r\n", HttpFault.UnknownTransferCoding },
        { Get + Host + "Transfer-Encoding: identity\r\n\r\n", HttpFault.UnknownTransferCoding },
        { "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", HttpFault.TransferCodingInHttp10 },
        { Get + Host + "Connection: a b\r\n\r\n", HttpFault.BadConnectionOption },
        { Get + Host + "Connection: a;b\r\n\r\n", HttpFault.BadConnectionOption },
        {
            Get + Host + "Connection: a,b,c,d,e,f,g,h,i\r\nConnection: a,b,c,d,e,f,g,h\r\n\r\n",
            HttpFault.TooManyConnectionOptions
        },
        { Get + Host + "Expect: 200-ok\r\n\r\n", HttpFault.UnknownExpectation },
    };
}
