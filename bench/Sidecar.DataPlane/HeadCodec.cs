using Sidecar.Http;
using Sidecar.Http.Fields;
using Sidecar.Http.Requests;
using Sidecar.Http.Responses;

namespace Sidecar.DataPlane;

/// <summary>
/// The head handling that all three relays share: the sidecar's own parsers and writers. One per direction of a
/// connection; belongs to one thread at a time.
/// </summary>
internal sealed class HeadCodec
{
    /// <summary>Longest head, and the size of every receive.</summary>
    public const int BufferBytes = 16 * 1024;

    private static readonly ResponseHeadEdits Kept = new(KeepAlive: true, ClientIsHttp11: true);

    private readonly RequestHeadParser _requests = new(new RequestHeadOptions { HeadLimitBytes = BufferBytes });
    private readonly ResponseHeadParser _responses = new(BufferBytes);
    private readonly RequestHead _request = new();
    private readonly ResponseHead _response = new(new FieldLines());
    private int _scannedBytes;

    /// <summary>Reads a request's head and writes the one to send on; the message is set when complete.</summary>
    public ParseStatus TryRequest(byte[] source, int start, int length, Span<byte> destination, out Message message)
    {
        message = default;
        var status = _requests.Parse(source, start, length, ref _scannedBytes, _request, out _);
        if (status != ParseStatus.Complete) return status;
        message.HeadBytes = _request.HeadLength;
        message.WrittenBytes = RequestHeadWriter.Write(
            _request, source.AsSpan(start, length), ForwardedFields.None, destination);
        message.Framing = _request.Framing;
        message.ContentLength = _request.ContentLength;
        message.KeepAlive = _request.KeepAlive;
        return status;
    }

    /// <summary>The same for a response; of the requests only POST and GET are expected.</summary>
    public ParseStatus TryResponse(byte[] source, int start, int length, Span<byte> destination, out Message message)
    {
        message = default;
        var status = _responses.Parse(
            source, start, length, ref _scannedBytes, KnownMethod.Post, _response, out _);
        if (status != ParseStatus.Complete) return status;
        message.HeadBytes = _response.HeadLength;
        message.WrittenBytes = ResponseHeadWriter.Write(_response, source.AsSpan(start, length), Kept, destination);
        message.Framing = _response.Framing;
        message.ContentLength = _response.ContentLength;
        message.KeepAlive = _response.KeepAlive;
        return status;
    }
}
