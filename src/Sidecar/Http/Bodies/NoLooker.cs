namespace Sidecar.Http.Bodies;

/// <summary>Looks at nothing, and is compiled away.</summary>
internal readonly struct NoLooker : IPayloadLooker
{
    public void Look(ReadOnlySpan<byte> payload)
    {
    }
}
