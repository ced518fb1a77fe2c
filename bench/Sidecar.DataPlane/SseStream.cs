namespace Sidecar.DataPlane;

/// <summary>One connection to <see cref="SseUpstream"/>.</summary>
internal sealed class SseStream(SseUpstream upstream, EpollSocket socket) : IWakeable
{
    public bool Queued { get; set; }

    /// <summary>Events still to be sent of the answer under way.</summary>
    public int LeftEvents { get; set; }

    public void Turn()
    {
        if (!upstream.TryAnswer(this, socket)) socket.Close();
    }

    /// <summary>False when the client left or does not read; the stream is then over.</summary>
    public bool TrySend(ReadOnlySpan<byte> bytes)
    {
        if (socket.TrySend(bytes) == bytes.Length) return true;
        socket.Close();
        return false;
    }
}
