using Sidecar.Http.Bodies;

namespace Sidecar.DataPlane;

/// <summary>What a relay has to know of one message: how long its head was and is, and how its body ends.</summary>
internal struct Message
{
    public int HeadBytes;
    public int WrittenBytes;
    public long ContentLength;
    public BodyFraming Framing;
    public bool KeepAlive;
}
