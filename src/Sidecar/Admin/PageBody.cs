using System.Buffers;
using CommunityToolkit.HighPerformance.Buffers;
using Microsoft.AspNetCore.Http;

namespace Sidecar.Admin;

/// <summary>
/// The body of an answer, sent piece by piece: however long the page and slow its reader, one piece is all that is
/// held. A page of one piece has a length, a longer one comes in chunks. For one answer.
/// </summary>
internal sealed class PageBody(HttpContext context) : IDisposable
{
    /// <summary>Some lines more are written before it is looked at, so the array has room for those too.</summary>
    private const int PieceBytes = 12 * 1024, RoomBytes = 16 * 1024;

    private readonly ArrayPoolBufferWriter<byte> _piece = new(RoomBytes);
    private bool _isBegun;

    internal IBufferWriter<byte> Output => _piece;

    private bool IsHeadOnly => HttpMethods.IsHead(context.Request.Method);

    /// <summary>
    /// To be awaited every few lines: sends what has gathered once it is a piece, and waits for the reader.
    /// </summary>
    internal ValueTask MoreAsync()
    {
        if (_piece.WrittenCount < PieceBytes) return default;
        _isBegun = true;
        return SendAsync();
    }

    internal ValueTask EndAsync()
    {
        if (!_isBegun) context.Response.ContentLength = _piece.WrittenCount;
        return SendAsync();
    }

    public void Dispose() => _piece.Dispose();

    private async ValueTask SendAsync()
    {
        if (!IsHeadOnly) await context.Response.Body.WriteAsync(_piece.WrittenMemory, context.RequestAborted);
        _piece.Clear();
    }
}
