using Sidecar.Http;
using Sidecar.Http.Bodies;
using Sidecar.Http.Fields;
using Sidecar.Http.Requests;
using Sidecar.Http.Responses;

namespace Sidecar.Tests.Http;

public class HeadAllocationTests
{
    private static readonly byte[] Request = Heads.Bytes(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nAccept-Encoding: gzip, deflate\r\n"
        + "Connection: keep-alive, x-own-hop\r\nAccept: application/json\r\nContent-Type: application/json\r\n"
        + "User-Agent: OpenAI/Python 2.15.0\r\nX-Stainless-Lang: python\r\nX-Stainless-Package-Version: 2.15.0\r\n"
        + "X-Stainless-OS: Linux\r\nX-Stainless-Arch: x64\r\nX-Stainless-Runtime: CPython\r\n"
        + "X-Stainless-Runtime-Version: 3.11.2\r\nAuthorization: Bearer EMPTY\r\nX-Stainless-Async: false\r\n"
        + "x-stainless-retry-count: 0\r\nx-stainless-read-timeout: 600\r\n"
        + "X-Workload-Context: {\"workload_id\":\"fraud-detection\",\"criticality\":5}\r\nContent-Length: 512\r\n\r\n");

    private static readonly byte[] Response = Heads.Bytes(
        "HTTP/1.1 200 OK\r\ndate: Mon, 23 Nov 2026 16:00:00 GMT\r\nserver: uvicorn\r\nconnection: close\r\n"
        + "content-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n");

    [Fact]
    public void ParsingAndWriting_AllocateNothing_AfterWarmUp()
    {
        var requestParser = new RequestHeadParser(new RequestHeadOptions { MarkedPaths = ["/tokenize", "/a*"] });
        var responseParser = new ResponseHeadParser();
        var request = new RequestHead();
        var response = new ResponseHead(new FieldLines());
        var scratch = new byte[2048];
        byte[] chunks = [.. "5;ext\r\nhello\r\n0\r\n\r\n"u8];
        var good = 0;

        void Once()
        {
            var scanned = 0;
            if (requestParser.Parse(Request, 0, 100, ref scanned, request, out _) == ParseStatus.Incomplete
                && requestParser.Parse(Request, 0, Request.Length, ref scanned, request, out _) == ParseStatus.Complete)
                good += RequestHeadWriter.Write(request, Request, ForwardedFields.None, scratch);
            if (responseParser.Parse(Response, 0, Response.Length, ref scanned, KnownMethod.Post, response, out _)
                == ParseStatus.Complete)
                good += ResponseHeadWriter.Write(response, Response, new ResponseHeadEdits(true, true, 5), scratch);
            var reader = new BodyReader<NoLooker>(BodyFraming.Chunked, 0, ChunkedForm.ChunksAndTrailers);
            chunks.CopyTo(scratch, 0);
            good += reader.Read(scratch.AsSpan(0, chunks.Length)).Written;
            good += ErrorAnswer.Write(scratch, 503, "draining"u8, "Draining."u8, "server_error"u8, 5);
        }

        Assert.Equal(0, Allocations.PerWarmRoundBytes(() =>
        {
            for (var i = 0; i < 1000; i++) Once();
        }));
        Assert.True(good > 1000 * (Request.Length / 2));
    }
}
